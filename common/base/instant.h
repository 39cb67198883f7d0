/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_INSTANT_H
#define PLASMA_COMMON_BASE_INSTANT_H

/*
 * Two kinds of time that must not be mixed: root-chain time, by which all
 * deadlines are judged, and wall time, by which staleness is judged. Both are
 * whole seconds since 1970 UTC.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"

struct root_time {
	uint64_t seconds;
};

struct wall_time {
	uint64_t seconds;
};

/* "2026-01-31T23:59:59Z" and a zero byte. */
#define INSTANT_TEXT_SIZE 24

/* RFC 3339 in UTC; years past 9999 are written as 9999-12-31T23:59:59Z. */
void instant_format(char text[INSTANT_TEXT_SIZE], uint64_t seconds);

/* seconds + delta without wrapping: UINT64_MAX when it would. */
uint64_t instant_after(uint64_t seconds, uint64_t delta);

/* True if a recorded moment lies ahead of `now` by more than a minute, more
 * than well-kept clocks differ: one of the two was read from a wrong clock. */
bool instant_lies_ahead(struct wall_time recorded, struct wall_time now);

/* later - earlier, or 0 when `later` is the earlier one. */
uint64_t instant_since(uint64_t later, uint64_t earlier);

#endif
