/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The kernel's excpt.h lets C sources write try, except, finally and leave;
 * mingw-w64's does not.
 */
#pragma once
#include_next <excpt.h>

#ifndef __cplusplus
#undef try
#undef except
#undef finally
#undef leave
#define try __try
#define except __except
#define finally __finally
#define leave __leave
#endif
