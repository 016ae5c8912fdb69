/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* An enumeration that is named before it is defined, as Microsoft's compiler takes it. */
// RUN: %scan %s
// RUN: %leaks %t.db %s
// RUN: %scan -std=gnu89 %s
// RUN: not %scan -DBROKEN %s 2>&1 | FileCheck %s
#include <ntddk.h>

#define KIND_TAG enum _KIND

struct file {
	enum _TYPE_OF_OPEN TypeOfOpen;
	enum /* with a comment */ _TYPE_OF_OPEN *Pointer;
	KIND_TAG Kind[2];
	void *Buffer;
};
enum _LATER;
enum _NEVER *never;
struct named; /* no enumeration */

enum _TYPE_OF_OPEN TypeOf(struct file *f);

typedef enum _TYPE_OF_OPEN { UnopenedFileObject = 1, UserFileOpen } TYPE_OF_OPEN;
enum _KIND { A = -1, B };
enum _LATER { C = sizeof(enum _TYPE_OF_OPEN), D = 4 };

_Static_assert((int)C == (int)D, "each is an int");
_Static_assert(sizeof(((struct file *)0)->Kind) == 8, "and so are its arrays");

TYPE_OF_OPEN TypeOf(struct file *f)
{
	return f->TypeOfOpen;
}

int leaks(struct file *f)
{
	void *p = ExAllocatePoolWithTag(PagedPool, 64, 'tset');

	if (!p)
		return -1;
	if (f->TypeOfOpen == UserFileOpen && f->Kind[0] == A)
		return 0; // expected-warning{{leak: }}
	ExFreePoolWithTag(p, 'tset');
	return 0;
}

int frees(struct file *f)
{
	void *p = ExAllocatePoolWithTag(PagedPool, 64, 'tset');

	if (!p)
		return -1;
	if (TypeOf(f) == UnopenedFileObject) {
		ExFreePoolWithTag(p, 'tset');
		return 0;
	}
	ExFreePoolWithTag(p, 'tset');
	return 0;
}

void scopes(void)
{
	enum _INNER *p = 0;
	enum _INNER { E, F } q = F;
	_Static_assert(__builtin_types_compatible_p(__typeof__(*p), __typeof__(q)), "one type");
	{
		enum _KIND { G, H } own = H; /* another one, here alone */

		(void)own;
	}
	(void)p;
	(void)q;
}

#ifdef BROKEN
/* What is defined twice, or is none, is wrong as ever. */
enum _KIND { Again };
// CHECK: error: redefinition of '_KIND'
struct _TYPE_OF_OPEN other;
// CHECK: error: use of '_TYPE_OF_OPEN' with tag type that does not match
#endif
