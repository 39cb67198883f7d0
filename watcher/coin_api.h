/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_COIN_API_H
#define PLASMA_WATCHER_COIN_API_H

/* Calls about the coins of an owner, and what their exits need. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "watcher/call_api.h"
#include "watcher/watcher_store.h"

/* Unspent coins of an owner to pay with, ascending: all, or the oldest 100000;
 * the caller frees with memory_free(). False after a refusal: an owner whom
 * this watcher does not look after is looked for only on a small chain. */
NODISCARD bool coin_api_list_new(struct call *call, struct watched_coin **out,
				 size_t *count, const struct address *owner);

call_function coin_api_coins;
call_function coin_api_balance;
call_function coin_api_exitable;
call_function coin_api_exit_data;
call_function coin_api_challenge_data;

#endif
