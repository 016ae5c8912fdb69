/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Dimmer: a lamp level kept by a control device; limits come from the registry.
 */
#ifndef DIMMER_H
#define DIMMER_H

#include <ntddk.h>

typedef struct dimmer_limits {
    ULONG lowest;
    ULONG highest;
    ULONG step;
} dimmer_limits;

/* mem.c */
void *mem_take(SIZE_T bytes);
void mem_give(void *block);

/* settings.c */
void settings_load(PUNICODE_STRING registry_path, dimmer_limits *limits);

#endif
