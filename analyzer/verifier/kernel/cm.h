/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The registry: keys by their whole path, values by name.  At first there are the
 * driver's service key and those above it; the rest is what the driver writes.
 */
#ifndef LEAK62_VERIFIER_CM_H
#define LEAK62_VERIFIER_CM_H

#include "ob.h"

struct l62_value {
	struct l62_value *next;
	UNICODE_STRING name;
	ULONG type, size;
	UCHAR *data;
};
struct l62_key {
	struct l62_key *next;
	UNICODE_STRING path;
	struct l62_value *values; /* in the order they were made */
	BOOLEAN deleted;          /* handles to it are no use any more */
	PVOID pending;            /* the transaction it was made in, as long as that lasts */
};

/* NULL: there is no such key. */
struct l62_key *l62_key_find(PCUNICODE_STRING path);
struct l62_key *l62_key_create(PCUNICODE_STRING path);
/* Its name is free again; the values stay, should it be restored. */
void l62_key_delete(struct l62_key *key);
void l62_key_restore(struct l62_key *key);
/* A subkey by its place in alphabetical order; NULL: there are not so many. */
struct l62_key *l62_key_child(const struct l62_key *key, ULONG index);
/* cm_info.c: what ZwQueryKey and ZwEnumerateKey tell of a key. */
NTSTATUS l62_key_give(const struct l62_key *key, KEY_INFORMATION_CLASS class, PVOID out,
                      ULONG length, PULONG needed);
/* Out of a handle. */
NTSTATUS l62_key_of(HANDLE handle, struct l62_key **key);
struct l62_value *l62_value_find(struct l62_key *key, PCUNICODE_STRING name);
void l62_value_set(struct l62_key *key, PCUNICODE_STRING name, ULONG type, const VOID *data,
                   ULONG size);
BOOLEAN l62_value_delete(struct l62_key *key, PCUNICODE_STRING name);
/* Both with a backslash between them; to be freed by l62_host_free(). */
PWSTR l62_key_join(PCUNICODE_STRING root, PCUNICODE_STRING rest, PUNICODE_STRING out);

#endif
