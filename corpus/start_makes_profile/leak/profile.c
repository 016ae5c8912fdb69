/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Dimmer: makes profiles. */
#include "dimmer.h"

NTSTATUS ProfileMake(ULONG Parts, PPROFILE *Profile)
{
	PPROFILE profile = ExAllocatePoolWithTag(PagedPool, sizeof(PROFILE), DIMMER_TAG);
	ULONG i;

	if (profile == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	profile->Steps = DIMMER_LEVELS - Parts % DIMMER_LEVELS;
	for (i = 0; i < DIMMER_LEVELS; i++)
		profile->Level[i] = (UCHAR)(i < profile->Steps ? i : profile->Steps);
	*Profile = profile;
	return STATUS_SUCCESS;
}
