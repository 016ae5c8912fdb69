/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Pairs of a count and a color. */
#include "codec.h"

NTSTATUS ImageUnpack(struct image *image, const UCHAR *packed, ULONG length)
{
    ULONG i, n;

    image->used = 0;
    if (length % 2 != 0)
        goto bad;
    for (i = 0; i < length; i += 2) {
        if (packed[i] > sizeof(image->pixels) - image->used)
            goto bad;
        for (n = 0; n < packed[i]; n++)
            image->pixels[image->used++] = packed[i + 1];
    }
    return STATUS_SUCCESS;

bad:
    ExFreePoolWithTag(image, IMG_TAG);
    return STATUS_DATA_ERROR;
}
