/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Run-length packed images. */
#ifndef CODEC_H
#define CODEC_H

#include <ntddk.h>

#define IMG_TAG 'gmIA'

struct image {
    USHORT width;
    USHORT height;
    ULONG used;
    UCHAR pixels[64 * 64];
};

/*
 * Unpacks into the image.  An image that cannot be filled is of no use to anybody:
 * it is freed when this fails.
 */
NTSTATUS ImageUnpack(struct image *image, const UCHAR *packed, ULONG length);

#endif
