/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Transactions, for what can be rolled back. */
#ifndef LEAK62_VERIFIER_TM_H
#define LEAK62_VERIFIER_TM_H

#include "ob.h"

extern POBJECT_TYPE l62_type_transaction, l62_type_tm, l62_type_rm, l62_type_enlistment;

/* Whether it can be worked in: active. */
NTSTATUS l62_transaction_check(PVOID transaction);
/* end is called when it is committed or rolled back, in the reverse order; arg is freed. */
void l62_transaction_log(PVOID transaction, void (*end)(PVOID arg, BOOLEAN committed),
                         PVOID arg);

NTSTATUS NTAPI l62_nt_preprepare_complete(PKENLISTMENT enlistment, PLARGE_INTEGER clock);

#endif
