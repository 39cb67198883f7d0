/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_CHAIN_API_H
#define PLASMA_WATCHER_CHAIN_API_H

/* Calls about what is in verified blocks. */

#include "watcher/call_api.h"

call_function chain_api_transaction;
call_function chain_api_transactions;
call_function chain_api_account_transactions;
call_function chain_api_blocks;
call_function chain_api_deposits;

#endif
