// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Drivers in C++: methods, namespaces, templates, references.
// RUN: %analyze -std=c++17 %s
// RUN: %scan -std=c++17 %s
// RUN: %leaks %t.db %s
#include <ntddk.h>

class Buffer {
public:
	int fill(int n);
	int grow(int n);
	void release();

private:
	void *Data = nullptr;
};

int Buffer::fill(int n)
{
	void *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	if (n > 4)
		return -1; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	ExFreePool(p);
	return 0;
}

int Buffer::grow(int)
{
	Data = ExAllocatePool(PagedPool, 8);
	return Data ? 0 : -1;
}

void Buffer::release()
{
	ExFreePool(Data);
}

namespace driver
{
int leaks(bool refuse)
{
	auto *p = static_cast<char *>(ExAllocatePool(PagedPool, 8));

	if (!p || refuse)
		return -1; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	ExFreePool(p);
	return 0;
}
} // namespace driver

template <typename T> int typed()
{
	T *p = static_cast<T *>(ExAllocatePool(PagedPool, sizeof(T)));

	if (p)
		ExFreePool(p);
	return 0;
}
template int typed<int>();

// Freed by its destructor.
class Holder {
public:
	explicit Holder(SIZE_T size) : P(ExAllocatePool(PagedPool, size)) {}
	~Holder()
	{
		if (P)
			ExFreePool(P);
	}

private:
	void *P;
};

int held()
{
	Holder h(8);

	return 0;
}
