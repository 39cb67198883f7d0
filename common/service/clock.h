/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_CLOCK_H
#define PLASMA_COMMON_SERVICE_CLOCK_H

/* The clocks of the machine; read once per event, in a loop. */

#include <stdint.h>
#include <time.h>

#include "common/base/instant.h"

struct wall_time clock_wall(void);

/* Milliseconds that only go forward, from some start of their own. */
uint64_t clock_monotonic_ms(void);

/* The same instant for pthread_cond_timedwait() with CLOCK_MONOTONIC. */
struct timespec clock_monotonic_at_ms(uint64_t ms);

#endif
