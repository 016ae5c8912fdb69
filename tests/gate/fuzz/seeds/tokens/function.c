extern "C" {
#if A
NTSTATUS f(PVOID p) /* words */
#else
_Success_(return >= 0) int f(int a)
#endif
{
	PVOID q = ExAllocatePool2(0, 'x', "a" \
	                          "b"); // more
	if (!q) { return -1; }
	for (;;) { g(q, '\'', "\""); }
}
}
