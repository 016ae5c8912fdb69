/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Source annotations (SAL) that mingw-w64's headers leave out.  They mean
 * nothing to clang and expand to nothing, except those of leak62_own.h, which say
 * who owns memory, and the dispatch types, which are kept in the AST as
 * "leak62:dispatch 0x0e".
 * Names and arities are those of the public annotation reference.
 */
#ifndef LEAK62_SHIM_SAL_H
#define LEAK62_SHIM_SAL_H

/* First, so that the definitions below are the last word. */
#include <specstrings.h>
#include <driverspecs.h>
#include <concurrencysal.h>
#include "leak62_own.h"

/* mingw-w64 makes this warn_unused_result, which is no type attribute. */
#undef _Check_return_
#undef __checkReturn
#define _Check_return_
#define __checkReturn

/* An annotation, where others take it for the keyword: it is on some declarations of a
 * variable and not on all. */
#define __volatile
#define __nonvolatile

/* ---- IRQL ---- */
#define _IRQL_always_function_max_(irql)
#define _IRQL_always_function_min_(irql)
#define _IRQL_is_cancel_
#define _IRQL_limited_to_(irql)
#define _IRQL_restores_global_(kind, param)
#define _IRQL_saves_global_(kind, param)
#define _IRQL_uses_cancel_

/* ---- kernel ---- */
#undef __drv_dispatchType
#define LEAK62_DISPATCH(major) LEAK62_OWN("leak62:dispatch " #major)
#define _Dispatch_type_(major) LEAK62_DISPATCH(major)
#define __drv_dispatchType(major) LEAK62_DISPATCH(major)
#define _Kernel_acquires_resource_(kind)
#define _Kernel_clear_do_init_(yesno)
#define _Kernel_float_restored_
#define _Kernel_float_saved_
#define _Kernel_float_used_
#define _Kernel_IoGetDmaAdapter_
#define _Kernel_releases_resource_(kind)
#define _Kernel_requires_resource_held_(kind)
#define _Kernel_requires_resource_not_held_(kind)
#define _Flt_CompletionContext_Outptr_
#define _Flt_ConnectionCookie_Outptr_

/* ---- driver annotations of before Windows 8 ---- */
#define __drv_acquiresCancelSpinLock
#define __drv_acquiresCriticalRegion
#define __drv_acquiresExclusiveResource(kind)
#define __drv_acquiresExclusiveResourceGlobal(kind, param)
#define __drv_acquiresPriorityRegion
#define __drv_acquiresResource(kind)
#define __drv_acquiresResourceGlobal(kind, param)
#define __drv_clearDoInit(yesno)
#define __drv_completionType(kind)
#define __drv_declspec(x)
#define __drv_defined(x)
#define __drv_floatRestored
#define __drv_floatSaved
#define __drv_floatUsed
#define __drv_fun(x)
#define __drv_functionClass(name)
#define __drv_group(x)
#define __drv_holdsCancelSpinLock()
#define __drv_holdsCriticalRegion()
#define __drv_holdsPriorityRegion()
#define __drv_holds(kind)
#define __drv_interlocked
#define __drv_inTry
#define __drv_isCancelIRQL
#define __drv_isObjectPointer
#define __drv_maxFunctionIRQL(irql)
#define __drv_minFunctionIRQL(irql)
#define __drv_minIRQL(irql)
#define __drv_mustHold(kind)
#define __drv_mustHoldCancelSpinLock
#define __drv_mustHoldCriticalRegion
#define __drv_mustHoldGlobal(kind, param)
#define __drv_mustHoldPriorityRegion
#define __drv_neverHold(kind)
#define __drv_neverHoldCancelSpinLock
#define __drv_neverHoldCriticalRegion
#define __drv_neverHoldGlobal(kind, param)
#define __drv_neverHoldPriorityRegion
#define __drv_nop(x)
#define __drv_notInTry
#define __drv_notPointer
#define __drv_preferredFunction(name, why)
#define __drv_releasesCancelSpinLock
#define __drv_releasesCriticalRegion
#define __drv_releasesExclusiveResource(kind)
#define __drv_releasesExclusiveResourceGlobal(kind, param)
#define __drv_releasesPriorityRegion
#define __drv_releasesResource(kind)
#define __drv_releasesResourceGlobal(kind, param)
#define __drv_reportError(why)
#define __drv_sameIRQL
#define __drv_strictType(type, mode)
#define __drv_strictTypeMatch(mode)
#define __drv_IoGetDmaAdapter
#define __drv_Mode_impl(x)

/* ---- general ---- */
#define _Analysis_noreturn_
#define _Deref_in_bound_
#define _Deref_inout_bound_
#define _Deref_out_bound_
#define _Deref_inout_z_
#define _Deref_opt_out_z_
#define _Deref_opt_out_opt_z_
#define _Deref_out_z_
#define _Deref_out_opt_z_
#define _Deref_post_bytecap_(size)
#define _Deref_post_bytecap_x_(size)
#define _Deref_post_bytecount_(size)
#define _Deref_post_bytecount_x_(size)
#define _Deref_post_cap_(size)
#define _Deref_post_count_(size)
#define _Deref_post_count_x_(size)
#define _Deref_post_maybenull_
#define _Deref_post_notnull_
#define _Deref_post_null_
#define _Deref_post_opt_bytecap_(size)
#define _Deref_post_opt_bytecount_(size)
#define _Deref_post_opt_cap_(size)
#define _Deref_post_opt_count_(size)
#define _Deref_post_opt_valid_
#define _Deref_post_opt_z_
#define _Deref_post_valid_
#define _Deref_post_z_
#define _Deref_pre_bytecap_(size)
#define _Deref_pre_bytecount_(size)
#define _Deref_pre_cap_(size)
#define _Deref_pre_count_(size)
#define _Deref_pre_maybenull_
#define _Deref_pre_notnull_
#define _Deref_pre_null_
#define _Deref_pre_opt_valid_
#define _Deref_pre_opt_z_
#define _Deref_pre_readonly_
#define _Deref_pre_valid_
#define _Deref_pre_writeonly_
#define _Deref_pre_z_
#define _Deref_prepost_bytecap_(size)
#define _Deref_prepost_bytecount_(size)
#define _Deref_prepost_cap_(size)
#define _Deref_prepost_count_(size)
#define _Deref_prepost_opt_valid_
#define _Deref_prepost_opt_z_
#define _Deref_prepost_valid_
#define _Deref_prepost_z_
#define _Deref2_pre_readonly_
#define _Enum_is_bitflag_
#define _Field_bound_
#define _In_bound_
#define _In_defensive_(annos)
#define _Interlocked_operand_
#define _Inout_defensive_(annos)
#define _Maybenull_
#define _Maybevalid_
#define _Notnull_
#define _Notref_
#define _Notvalid_
#define _Null_
#define _Out_bound_
#define _Out_defensive_(annos)
#define _Post_bytecap_(size)
#define _Post_bytecount_(size)
#define _Post_bytecount_c_(size)
#define _Post_bytecount_x_(size)
#define _Post_cap_(size)
#define _Post_count_(size)
#define _Post_count_c_(size)
#define _Post_count_x_(size)
#define _Post_defensive_
#define _Post_invalid_
#define _Post_maybenull_
#define _Post_maybez_
#define _Post_notnull_
#define _Post_null_
#define _Post_ptr_invalid_
#define _Post_valid_
#define _Post_z_
#define _Post_z_bytecount_(size)
#define _Post_z_count_(size)
#define _Pre_
#define _Pre_bytecap_(size)
#define _Pre_bytecount_(size)
#define _Pre_cap_(size)
#define _Pre_cap_c_(size)
#define _Pre_count_(size)
#define _Pre_defensive_
#define _Pre_invalid_
#define _Pre_maybenull_
#define _Pre_null_
#define _Pre_opt_bytecap_(size)
#define _Pre_opt_bytecount_(size)
#define _Pre_opt_cap_(size)
#define _Pre_opt_count_(size)
#define _Pre_opt_valid_
#define _Pre_opt_z_
#define _Pre_readonly_
#define _Pre_unknown_
#define _Pre_valid_
#define _Pre_writeonly_
#define _Pre_z_
#define _Prepost_bytecount_(size)
#define _Prepost_count_(size)
#define _Prepost_opt_valid_
#define _Prepost_opt_z_
#define _Prepost_valid_
#define _Prepost_z_
#define _Ret_bound_
#define _Ret_bytecap_(size)
#define _Ret_bytecap_c_(size)
#define _Ret_bytecap_x_(size)
#define _Ret_bytecount_(size)
#define _Ret_bytecount_c_(size)
#define _Ret_bytecount_x_(size)
#define _Ret_cap_(size)
#define _Ret_cap_c_(size)
#define _Ret_count_(size)
#define _Ret_count_c_(size)
#define _Ret_opt_bytecap_(size)
#define _Ret_opt_bytecount_(size)
#define _Ret_opt_cap_(size)
#define _Ret_opt_count_(size)
#define _Ret_opt_valid_
#define _Ret_opt_z_
#define _Unreferenced_parameter_
#define _Valid_

/* ---- general, of before Visual Studio 2012 ---- */
#define __allocator
#define __analysis_assume_nullterminated(x)
#define __analysis_assert(expr)
#define __analysis_hint(hint)
#define __analysis_noreturn
#define __blocksOn(resource)
#define __byte_readableTo(size)
#define __byte_writableTo(size)
#define __callback
#define __control_entrypoint(category)
#define __deref_bcount(size)
#define __deref_bcount_opt(size)
#define __deref_ecount(size)
#define __deref_ecount_opt(size)
#define __deref_in
#define __deref_in_bcount(size)
#define __deref_in_ecount(size)
#define __deref_in_opt
#define __deref_inout
#define __deref_inout_bcount(size)
#define __deref_inout_bcount_opt(size)
#define __deref_inout_bcount_full(size)
#define __deref_inout_ecount(size)
#define __deref_inout_ecount_opt(size)
#define __deref_inout_opt
#define __deref_opt_in
#define __deref_opt_inout
#define __deref_opt_inout_opt
#define __deref_opt_out_bcount_opt(size)
#define __deref_opt_out_ecount(size)
#define __deref_opt_out_ecount_opt(size)
#define __deref_opt_out_opt
#define __deref_out_bcount(size)
#define __deref_out_bcount_full(size)
#define __deref_out_bcount_opt(size)
#define __deref_out_bcount_part(size, count)
#define __deref_out_ecount_full(size)
#define __deref_out_ecount_opt(size)
#define __deref_out_ecount_part(size, count)
#define __deref_out_range(low, high)
#define __elem_readableTo(size)
#define __elem_writableTo(size)
#define __exceptthat
#define __field_bcount(size)
#define __field_bcount_full(size)
#define __field_bcount_opt(size)
#define __field_bcount_part(size, count)
#define __field_data_source(source)
#define __field_ecount(size)
#define __field_ecount_full(size)
#define __field_ecount_opt(size)
#define __field_ecount_part(size, count)
#define __field_nullterminated
#define __field_range(low, high)
#define __format_string
#define __in_bcount_opt(size)
#define __in_data_source(source)
#define __in_ecount_opt(size)
#define __in_nz
#define __in_nz_opt
#define __in_range(low, high)
#define __in_xcount(size)
#define __in_xcount_opt(size)
#define __in_z
#define __in_z_opt
#define __inexpressible_readableTo(size)
#define __inexpressible_writableTo(size)
#define __inout_bcount_opt(size)
#define __inout_bcount_full_opt(size)
#define __inout_bcount_part_opt(size, count)
#define __inout_ecount_opt(size)
#define __inout_ecount_full_opt(size)
#define __inout_ecount_part_opt(size, count)
#define __inout_nz
#define __inout_z
#define __inout_z_opt
#define __kernel_entry
#define __maybenull
#define __maybereadonly
#define __maybevalid
#define __notnull
#define __notreadonly
#define __notvalid
#define __nullnullterminated
#define __nullterminated
#define __out_bcount_full_opt(size)
#define __out_bcount_opt(size)
#define __out_bcount_part_opt(size, count)
#define __out_data_source(source)
#define __out_ecount_full_opt(size)
#define __out_ecount_opt(size)
#define __out_ecount_part_opt(size, count)
#define __out_nz
#define __out_range(low, high)
#define __out_xcount(size)
#define __out_xcount_opt(size)
#define __out_z
#define __out_z_opt
#define __possibly_notnullterminated
#define __readableTo(extent)
#define __readonly
#define __reserved
#define __struct_bcount(size)
#define __struct_xcount(size)
#define __success(expr)
#define __typefix(type)
#define __writableTo(size)

#endif
