/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_BLOCK_FETCH_H
#define PLASMA_WATCHER_BLOCK_FETCH_H

/*
 * Bodies from a list of sources: HTTP servers that answer GET /blocks/ROOT
 * (operator, mirrors, peer watchers) and folders with files named ROOT. Any of
 * them may lie, so nothing here is believed; what they send is cut off at the
 * longest body there can be. One object belongs to one thread.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/chain/verdict.h"

struct block_fetch;

/* Sources are URLs with http or https, or paths of folders; copied. Own with
 * block_fetch_free(). */
struct block_fetch *block_fetch_new(const char *const *sources, size_t count);
void block_fetch_free(struct block_fetch *fetch);

size_t block_fetch_count(const struct block_fetch *fetch);

/* The source without its credentials. */
const char *block_fetch_name(const struct block_fetch *fetch, size_t index);

/* Asks one source: VALID and the bytes in `out`, which is emptied before;
 * BLOCK_NOT_AVAILABLE or BODY_TOO_LARGE with a sentence in `reason`. */
NODISCARD enum verdict block_fetch_body(struct block_fetch *fetch,
					struct growing_buffer *out,
					struct error *reason, size_t index,
					const struct hash *root);

#endif
