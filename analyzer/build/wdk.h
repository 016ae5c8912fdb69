/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Where a WDK keeps its headers. */
#ifndef LEAK62_BUILD_WDK_H
#define LEAK62_BUILD_WDK_H

#include <glib.h>

#include "leak62/error.h"

/*
 * Adds to folders (of char, absolute, in search order) what the WDK at path has:
 *   a folder of headers      itself
 *   an installed WDK, an EWDK, NuGet's Microsoft.Windows.WDK.x64, or a folder of
 *   NuGet packages           of the newest Include/VERSION with km/wdm.h: km, km/crt,
 *                            shared, ucrt and um (those that are there, ucrt also from
 *                            an SDK beside it), and the newest Include/wdf/kmdf/VERSION
 * L62_E_USAGE if there is neither.
 */
int l62_wdk_folders(const char *path, GPtrArray *folders, struct l62_error *err);

#endif
