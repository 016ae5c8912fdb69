/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Times as fields, and other zones' times: local time is UTC here.  Units are 100 ns since
 * 1601, whose first day was a Monday.
 */
#include "ke_processor.h"

#define SECOND INT64_C(10000000)
#define DAY (INT64_C(86400) * SECOND)
#define SECONDS_TO_1970 INT64_C(11644473600)

enum { FIRST_YEAR = 1601, LAST_YEAR = 30827, MONDAY = 1, TICK = 156250 };

static ULONG days_of(LONG year, LONG month)
{
	static const UCHAR days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	BOOLEAN leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* From the first day of 1601 to that of the year. */
static LONGLONG days_before(LONG year)
{
	LONGLONG past = year - FIRST_YEAR;

	return past * 365 + past / 4 - past / 100 + past / 400;
}

VOID NTAPI RtlTimeToTimeFields(PLARGE_INTEGER time, PTIME_FIELDS fields)
{
	LONGLONG days = time->QuadPart / DAY, rest = time->QuadPart % DAY;
	LONG year = FIRST_YEAR + (LONG)(days / 366), month = 1;
	LONGLONG left;

	while (days_before(year + 1) <= days)
		year++;
	left = days - days_before(year);
	while (left >= days_of(year, month))
		left -= days_of(year, month++);
	fields->Year = (CSHORT)year;
	fields->Month = (CSHORT)month;
	fields->Day = (CSHORT)(left + 1);
	fields->Hour = (CSHORT)(rest / (3600 * SECOND));
	fields->Minute = (CSHORT)(rest / (60 * SECOND) % 60);
	fields->Second = (CSHORT)(rest / SECOND % 60);
	fields->Milliseconds = (CSHORT)(rest / (SECOND / 1000) % 1000);
	fields->Weekday = (CSHORT)((days + MONDAY) % 7);
}

BOOLEAN NTAPI RtlTimeFieldsToTime(PTIME_FIELDS fields, PLARGE_INTEGER time)
{
	LONGLONG days;

	if (fields->Year < FIRST_YEAR || fields->Year > LAST_YEAR || fields->Month < 1 ||
	    fields->Month > 12 || fields->Day < 1 ||
	    (ULONG)fields->Day > days_of(fields->Year, fields->Month) || fields->Hour < 0 ||
	    fields->Hour > 23 || fields->Minute < 0 || fields->Minute > 59 ||
	    fields->Second < 0 || fields->Second > 59 || fields->Milliseconds < 0 ||
	    fields->Milliseconds > 999)
		return FALSE;
	days = days_before(fields->Year) + fields->Day - 1;
	for (LONG month = 1; month < fields->Month; month++)
		days += days_of(fields->Year, month);
	time->QuadPart =
	        days * DAY +
	        ((fields->Hour * INT64_C(60) + fields->Minute) * 60 + fields->Second) * SECOND +
	        fields->Milliseconds * (SECOND / 1000);
	return TRUE;
}

BOOLEAN NTAPI RtlTimeToSecondsSince1970(PLARGE_INTEGER time, PULONG seconds)
{
	LONGLONG since = time->QuadPart / SECOND - SECONDS_TO_1970;

	if (since < 0 || since > MAXULONG)
		return FALSE;
	*seconds = (ULONG)since;
	return TRUE;
}

VOID NTAPI RtlSecondsSince1970ToTime(ULONG seconds, PLARGE_INTEGER time)
{
	time->QuadPart = (seconds + SECONDS_TO_1970) * SECOND;
}

VOID NTAPI ExSystemTimeToLocalTime(PLARGE_INTEGER system, PLARGE_INTEGER local)
{
	*local = *system;
}

VOID NTAPI ExLocalTimeToSystemTime(PLARGE_INTEGER local, PLARGE_INTEGER system)
{
	*system = *local;
}

ULONG NTAPI KeQueryTimeIncrement(VOID)
{
	return TICK;
}

ULONGLONG NTAPI KeQueryUnbiasedInterruptTime(VOID)
{
	return (ULONGLONG)l62_sched_now();
}
