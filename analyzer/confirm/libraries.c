/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Whose routines begin how, for the sentence about one that is in no library here.  From
 * the "Library" rows of the routines' documentation.  The first row that matches wins.
 */
#include <string.h>

#include "confirm.h"

static const struct library {
	const char *prefix, *name;
} libraries[] = {
        {"AuxKlib", "aux_klib.lib"},
        {"BCrypt", "cng.lib (ksecdd)"},
        {"Class", "classpnp.lib"},
        {"Clfs", "clfs.lib"},
        {"Flt", "fltmgr.lib"},
        {"Fwpm", "fwpkclnt.lib"},
        {"Fwps", "fwpkclnt.lib"},
        {"HidP_", "hidparse.lib"},
        {"HidRegister", "hidclass.lib"},
        {"HidNotify", "hidclass.lib"},
        {"Ks", "ks.lib"},
        {"Ndis", "ndis.lib"},
        {"RtlString", "ntstrsafe.lib"},
        {"RtlUnicodeString", "ntstrsafe.lib"},
        {"ScsiPort", "scsiport.lib"},
        {"StorPort", "storport.lib"},
        {"Tdi", "tdi.lib"},
        {"USBD_", "usbd.lib"},
        {"VideoPort", "videoprt.lib"},
        {"Wdf", "WdfDriverEntry.lib (KMDF)"},
        {"Wdmlib", "wdmsec.lib"},
        {"Wmi", "wmilib.lib"},
        {"Wsk", "netio.lib"},
};

const char *l62_library_of(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(libraries); i++) {
		if (g_str_has_prefix(name, libraries[i].prefix))
			return libraries[i].name;
	}
	return NULL;
}
