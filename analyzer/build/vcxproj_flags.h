/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* From the metadata of a ClCompile item to a compile command. */
#ifndef LEAK62_BUILD_VCXPROJ_FLAGS_H
#define LEAK62_BUILD_VCXPROJ_FLAGS_H

#include "database.h"
#include "msbuild.h"

/* The entry of item (its source resolved), to be freed with l62_entry_free().  macros
 * (of char, NAME=VALUE) come first. */
struct l62_entry *l62_vcxproj_entry(const struct l62_msbuild *project,
                                    const struct l62_msbuild_item *item,
                                    const GPtrArray *macros);

#endif
