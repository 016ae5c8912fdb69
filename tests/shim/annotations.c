/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Ownership annotations in the places where drivers write them: all are in the
 * AST, those inside _When_() and _At_() as text.
 */
#include <wdm.h>
#include <kernelspecs.h>

/* clang-format off */
__drv_allocatesMem(Mem) PVOID a_first(_In_ SIZE_T size);
_Must_inspect_result_ _Post_writable_byte_size_(size) __drv_allocatesMem(Mem)
PVOID a_middle(_In_ SIZE_T size);
_IRQL_requires_max_(DISPATCH_LEVEL)
PVOID __drv_allocatesMem(Mem) a_after_type(SIZE_T size);
_Check_return_ NTSTATUS a_output(_Outptr_ __drv_allocatesMem(Mem) PVOID *result);
VOID a_free(_Pre_notnull_ __drv_freesMem(Mem) PVOID memory);
VOID a_free_after(_In_ PVOID __drv_freesMem(Mem) memory);
VOID a_keep(__drv_aliasesMem PVOID memory, _In_opt_ __drv_aliasesMem PVOID context);
NTSTATUS a_when(_When_(return >= 0, _Out_ __drv_allocatesMem(Mem)) PVOID *result,
		_At_(*other, __drv_freesMem(Mem)) PVOID *other);
_When_(return >= 0, _At_(*result, _Post_ _Notnull_ __drv_allocatesMem(Pool)))
_Must_inspect_result_ NTSTATUS a_at(_In_ SIZE_T size, _Outptr_ PVOID *result);
NTSTATUS a_at_field(_Out_ _At_(name->Buffer, __drv_allocatesMem(Mem)) PUNICODE_STRING name);
__drv_arg(memory, __drv_when(return == 0, __drv_freesMem(Mem))) NTSTATUS a_old(PVOID memory);
VOID a_out(__drv_out_deref(__drv_allocatesMem(Mem)) PVOID *result);
_At_(*result, __drv_allocatesMem(Mem))
NTSTATUS a_at(_In_ SIZE_T size, _Outptr_ PVOID *result)
{
	*result = a_first(size);
	return *result != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}
typedef _Function_class_(ALLOCATE) __drv_allocatesMem(Mem) PVOID A_ALLOCATE(SIZE_T size);
typedef VOID (*A_FREE)(_In_ __drv_freesMem(Mem) PVOID);

__drv_maxIRQL(PASSIVE_LEVEL) __drv_sameIRQL __drv_dispatchType(IRP_MJ_READ)
_IRQL_limited_to_(DISPATCH_LEVEL) _Kernel_clear_do_init_(yes) __drv_reportError("never")
_Dispatch_type_(IRP_MJ_CREATE) _IRQL_uses_cancel_ _IRQL_always_function_min_(0)
VOID no_meaning(_In_ _IRQL_restores_global_(kind, irql) __drv_when(irql, __drv_freesMem(Mem)) KIRQL irql);

struct a_field {
	_Field_size_bytes_(4) __drv_aliasesMem PVOID kept;
};

_Dispatch_type_(IRP_MJ_CREATE) _Dispatch_type_(IRP_MJ_CLOSE) DRIVER_DISPATCH a_dispatch;
__drv_dispatchType(IRP_MJ_READ) DRIVER_DISPATCH a_old_dispatch;
