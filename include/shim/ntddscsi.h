/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* mingw-w64's ntddscsi.h, then the requests of Windows 8. */
#pragma once
#include <wdm.h>
#include_next <ntddscsi.h>

#ifndef IOCTL_SCSI_PASS_THROUGH_EX
#define IOCTL_SCSI_PASS_THROUGH_EX                                                             \
	CTL_CODE(IOCTL_SCSI_BASE, 0x0411, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)
#define IOCTL_SCSI_PASS_THROUGH_DIRECT_EX                                                      \
	CTL_CODE(IOCTL_SCSI_BASE, 0x0412, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)
#define LEAK62_PASS_THROUGH(tag, name, data)                                                   \
	typedef struct tag {                                                                   \
		ULONG Version;                                                                 \
		ULONG Length;                                                                  \
		ULONG CdbLength;                                                               \
		ULONG StorAddressLength;                                                       \
		UCHAR ScsiStatus;                                                              \
		UCHAR SenseInfoLength;                                                         \
		UCHAR DataDirection;                                                           \
		UCHAR Reserved;                                                                \
		ULONG TimeOutValue;                                                            \
		ULONG StorAddressOffset;                                                       \
		ULONG SenseInfoOffset;                                                         \
		ULONG DataOutTransferLength;                                                   \
		ULONG DataInTransferLength;                                                    \
		data                                                                           \
		UCHAR Cdb[1];                                                                  \
	} name, *P##name
LEAK62_PASS_THROUGH(_SCSI_PASS_THROUGH_EX, SCSI_PASS_THROUGH_EX,
                    ULONG_PTR DataOutBufferOffset; ULONG_PTR DataInBufferOffset;);
LEAK62_PASS_THROUGH(_SCSI_PASS_THROUGH_DIRECT_EX, SCSI_PASS_THROUGH_DIRECT_EX,
                    PVOID DataOutBuffer; PVOID DataInBuffer;);
#undef LEAK62_PASS_THROUGH
#endif
