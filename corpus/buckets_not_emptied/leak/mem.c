/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Where the table's blocks are given back.
 */
#include "names.h"

VOID HnRelease(PVOID Block)
{
    if (Block != NULL)
    {
        ExFreePoolWithTag(Block, HN_TAG);
    }
}
