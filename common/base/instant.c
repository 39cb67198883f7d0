/* SPDX-License-Identifier: MIT */
#include "common/base/instant.h"

#include <stdio.h>

/* 9999-12-31T23:59:59Z. */
#define LAST_SECOND UINT64_C(253402300799)

/* Clocks that are kept well differ by less. */
#define CLOCKS_DIFFER 60

/*
 * Days since 1970-01-01 to a date of the Gregorian calendar, in years that
 * begin in March, so that the leap day is the last one, and in eras of 400
 * years (146097 days).
 */
static void date_of_day(uint64_t day, unsigned int *year, unsigned int *month,
			unsigned int *day_of_month)
{
	uint64_t shifted = day + 719468; /* days since 0000-03-01 */
	uint64_t era = shifted / 146097;
	uint64_t day_of_era = shifted % 146097;
	uint64_t year_of_era = (day_of_era - day_of_era / 1460 +
				day_of_era / 36524 - day_of_era / 146096) /
			       365;
	uint64_t day_of_year =
		day_of_era -
		(365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	uint64_t march_month = (5 * day_of_year + 2) / 153;
	*day_of_month =
		(unsigned int)(day_of_year - (153 * march_month + 2) / 5 + 1);
	*month = (unsigned int)(march_month < 10 ? march_month + 3
						 : march_month - 9);
	*year = (unsigned int)(era * 400 + year_of_era + (*month <= 2));
}

void instant_format(char text[INSTANT_TEXT_SIZE], uint64_t seconds)
{
	if (seconds > LAST_SECOND)
		seconds = LAST_SECOND;
	unsigned int year;
	unsigned int month;
	unsigned int day;
	date_of_day(seconds / 86400, &year, &month, &day);
	unsigned int second = (unsigned int)(seconds % 86400);
	(void)snprintf(text, INSTANT_TEXT_SIZE,
		       "%04u-%02u-%02uT%02u:%02u:%02uZ", year % 10000,
		       month % 100, day % 100, second / 3600, second / 60 % 60,
		       second % 60);
}

uint64_t instant_after(uint64_t seconds, uint64_t delta)
{
	return delta > UINT64_MAX - seconds ? UINT64_MAX : seconds + delta;
}

uint64_t instant_since(uint64_t later, uint64_t earlier)
{
	return later > earlier ? later - earlier : 0;
}

bool instant_lies_ahead(struct wall_time recorded, struct wall_time now)
{
	return instant_since(recorded.seconds, now.seconds) > CLOCKS_DIFFER;
}
