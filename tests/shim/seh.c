/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* C drivers may write try, except, finally and leave without underscores. */
#include <wdm.h>

NTSTATUS plain_words(PVOID user, ULONG length);
NTSTATUS plain_words(PVOID user, ULONG length)
{
	NTSTATUS status = STATUS_SUCCESS;

	try {
		try {
			if (length == 0)
				leave;
			ProbeForRead(user, length, 1);
		} finally {
			if (AbnormalTermination())
				DbgPrint("abnormal\n");
		}
	}
	except(EXCEPTION_EXECUTE_HANDLER)
	{
		status = GetExceptionCode();
	}
	return status;
}
