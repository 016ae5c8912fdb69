/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Fails to compile where name is not declared. */
#ifndef DECLARED_H
#define DECLARED_H

#define DECLARED(name) extern __typeof__(&name) const declared_##name

#endif
