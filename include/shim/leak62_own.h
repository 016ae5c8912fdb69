/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Source annotations (SAL) that say who owns memory, kept in the AST as annotate
 * attributes:
 *   leak62:allocatesMem   the annotated result or output is the caller's to free
 *   leak62:freesMem       the callee frees the annotated argument
 *   leak62:aliasesMem     the callee keeps the annotated argument
 *   leak62:sal TEXT       an annotation that applies others to another place or
 *                         under a condition, as it was written
 * In leak62:sal the text of macros is not expanded; the plugin reads it.
 * Names and arities are those of the public annotation reference.
 */
#ifndef LEAK62_SHIM_OWN_H
#define LEAK62_SHIM_OWN_H

#undef __drv_allocatesMem
#undef __drv_freesMem
#undef __drv_aliasesMem
#undef _At_
#undef _When_
#undef __drv_arg
#undef __drv_at
#undef __drv_deref
#undef __drv_in
#undef __drv_in_deref
#undef __drv_out
#undef __drv_out_deref
#undef __drv_ret
#undef __drv_when

#define LEAK62_OWN(text) __attribute__((annotate(text)))
#define __drv_allocatesMem(kind) LEAK62_OWN("leak62:allocatesMem")
#define __drv_freesMem(kind) LEAK62_OWN("leak62:freesMem")
#define __drv_aliasesMem LEAK62_OWN("leak62:aliasesMem")
#define _At_(place, ...) LEAK62_OWN("leak62:sal _At_(" #place "," #__VA_ARGS__ ")")
#define _When_(condition, ...) LEAK62_OWN("leak62:sal _When_(" #condition "," #__VA_ARGS__ ")")
#define __drv_arg(place, ...) LEAK62_OWN("leak62:sal _At_(" #place "," #__VA_ARGS__ ")")
#define __drv_at(place, ...) LEAK62_OWN("leak62:sal _At_(" #place "," #__VA_ARGS__ ")")
#define __drv_deref(...) LEAK62_OWN("leak62:sal __drv_deref(" #__VA_ARGS__ ")")
#define __drv_in(...) LEAK62_OWN("leak62:sal __drv_in(" #__VA_ARGS__ ")")
#define __drv_in_deref(...) LEAK62_OWN("leak62:sal __drv_deref(" #__VA_ARGS__ ")")
#define __drv_out(...) LEAK62_OWN("leak62:sal __drv_out(" #__VA_ARGS__ ")")
#define __drv_out_deref(...) LEAK62_OWN("leak62:sal __drv_deref(" #__VA_ARGS__ ")")
#define __drv_ret(...) LEAK62_OWN("leak62:sal _At_(return," #__VA_ARGS__ ")")
#define __drv_when(condition, ...)                                                             \
	LEAK62_OWN("leak62:sal _When_(" #condition "," #__VA_ARGS__ ")")

#endif
