/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_BLOCK_FETCH_H
#define PLASMA_WATCHER_BLOCK_FETCH_H

/*
 * Bodies from a list of sources: HTTP servers that answer GET /blocks/ROOT
 * (operator, mirrors, peer watchers) and folders with files named ROOT. Any of
 * them may lie, so nothing here is believed; what they send goes to a file and
 * is cut off at the longest body there can be. One object belongs to one
 * thread.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/chain/verdict.h"
#include "common/service/body_store.h"

struct block_fetch;

/* Sources are URLs with http or https, or paths of folders; copied. Borrows the
 * store, beside whose bodies the files are. Own with block_fetch_free(). */
struct block_fetch *block_fetch_new(const char *const *sources, size_t count,
				    struct body_store *bodies);
void block_fetch_free(struct block_fetch *fetch);

size_t block_fetch_count(const struct block_fetch *fetch);

/* The source without its credentials. */
const char *block_fetch_name(const struct block_fetch *fetch, size_t index);

/* Asks one source. In `verdict` VALID, and the mapped body in `out`, which is
 * cleared before; BLOCK_NOT_AVAILABLE or BODY_TOO_LARGE with a sentence in
 * `error`. False, ERROR_IO: our own disk is full or fails, which says nothing
 * of the source. */
NODISCARD bool block_fetch_body(struct block_fetch *fetch,
				enum verdict *verdict, struct body_file *out,
				size_t index, const struct hash *root,
				struct error *error);

#endif
