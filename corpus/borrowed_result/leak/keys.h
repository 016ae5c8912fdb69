/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Keys by user number; they stay with the driver until it unloads. */
#ifndef KEYS_H
#define KEYS_H

#include <ntddk.h>

#define KEY_TAG 'yeKA'
#define KEY_BYTES 32

struct key {
	struct key *next;
	ULONG user;
	UCHAR bytes[KEY_BYTES];
};

/* The key of a user, made when it is first asked for.  It is not the caller's. */
const struct key *KeyOf(ULONG user);
VOID KeysDelete(VOID);

#endif
