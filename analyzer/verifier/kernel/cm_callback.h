/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The registry's operations, each with the driver's callbacks around it. */
#ifndef LEAK62_VERIFIER_CM_CALLBACK_H
#define LEAK62_VERIFIER_CM_CALLBACK_H

#include "cm.h"

/* A key's object: what a handle to it stands for. */
struct l62_open_key {
	struct l62_key *key;
	PVOID transaction;           /* with a reference; NULL: none */
	struct l62_key_context *set; /* by CmSetCallbackObjectContext */
	struct l62_open_key *next;
};
extern struct l62_open_key *l62_open_keys;

/* info: what callbacks are given; perform gets it, too.  contexts: where its CallContext
 * is, behind which the object's context follows.  object: the key's, or the root's. */
struct l62_key_operation {
	REG_NOTIFY_CLASS before, after;
	PVOID info;
	SIZE_T contexts;
	PVOID object;
	NTSTATUS (*perform)(PVOID info);
};
NTSTATUS l62_key_operate(const struct l62_key_operation *operation);
/* The same with the object of a handle, which becomes the first member of info. */
NTSTATUS l62_key_run(HANDLE handle, const struct l62_key_operation *operation);
#define L62_KEY_RUN(handle, which, type, info, routine)                                        \
	l62_key_run(handle, &(struct l62_key_operation){                                       \
	                            RegNtPre##which, RegNtPost##which, &(info),                \
	                            FIELD_OFFSET(type, CallContext), NULL, routine})
/* The object goes: the driver's contexts are to be cleaned up. */
void l62_key_contexts_end(struct l62_open_key *body);

/* cm_notify.c: the key has changed, in one of the ways of REG_NOTIFY_CHANGE_*; its handle
 * is closed. */
void l62_key_changed(const struct l62_key *key, ULONG change);
void l62_key_closed(const struct l62_open_key *body);

/* Declared by the headers for later versions. */
NTSTATUS NTAPI l62_nt_open_key_ex(PHANDLE handle, ACCESS_MASK access,
                                  POBJECT_ATTRIBUTES attributes, ULONG options);
NTSTATUS NTAPI l62_nt_open_key_transacted_ex(PHANDLE handle, ACCESS_MASK access,
                                             POBJECT_ATTRIBUTES attributes, ULONG options,
                                             HANDLE transaction);
NTSTATUS NTAPI CmCallbackGetKeyObjectIDEx(PLARGE_INTEGER cookie, PVOID object, PULONG_PTR id,
                                          PCUNICODE_STRING *name, ULONG flags);
VOID NTAPI CmCallbackReleaseKeyObjectIDEx(PCUNICODE_STRING name);

#endif
