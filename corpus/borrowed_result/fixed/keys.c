/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The keys, in a chain behind a mutex that the caller of KeyOf holds. */
#include "keys.h"

static struct key *Keys;

const struct key *KeyOf(ULONG user)
{
	struct key *key;
	ULONG i;

	for (key = Keys; key; key = key->next) {
		if (key->user == user)
			return key;
	}

	key = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*key), KEY_TAG);
	if (!key)
		return NULL;
	key->user = user;
	for (i = 0; i < KEY_BYTES; i++)
		key->bytes[i] = (UCHAR)(user >> (i % 24));
	key->next = Keys;
	Keys = key;
	return key;
}

VOID KeysDelete(VOID)
{
	struct key *next;

	while (Keys) {
		next = Keys->next;
		ExFreePoolWithTag(Keys, KEY_TAG);
		Keys = next;
	}
}
