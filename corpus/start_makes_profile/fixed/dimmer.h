/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Dimmer: a profile of levels, made anew by each start of the device. */
#ifndef DIMMER_H
#define DIMMER_H
#include <ntddk.h>

#define DIMMER_TAG 'mmiD'
#define DIMMER_LEVELS 32

typedef struct _PROFILE {
	ULONG Steps;
	UCHAR Level[DIMMER_LEVELS];
} PROFILE, *PPROFILE;

typedef struct _DIMMER {
	PDEVICE_OBJECT Below;
	BOOLEAN Running;
	PPROFILE Profile;
} DIMMER, *PDIMMER;

NTSTATUS ProfileMake(ULONG Parts, PPROFILE *Profile);
#endif
