/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_RESERVE_STORE_H
#define PLASMA_WATCHER_RESERVE_STORE_H

/*
 * Room that is kept for a full disk: the file RESERVE of the data directory. It
 * is given up as soon as nearly nothing else is free, so that there is room for
 * the journal of actions, without which no exit can be answered. New blocks are
 * not worth it: as long as there is no reserve they wait.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"

#define RESERVE_STORE_NAME "RESERVE"

/* The reserve is given up when less than this is free, and made again when it
 * leaves more than this. */
#define RESERVE_STORE_LEAST_FREE ((uint64_t)16 << 20)

/* Makes the reserve of `size` bytes or gives it up, whichever it is time for;
 * says whether there is one now. With size 0 there is always one. Makes the
 * folder (0700) if it is missing. ERROR_IO: the disk says something else than
 * that it is full. */
NODISCARD bool reserve_store_tend(bool *is_there, const char *datadir,
				  uint64_t size, struct error *error);

#endif
