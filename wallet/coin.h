/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_COIN_H
#define PLASMA_WALLET_COIN_H

/* A coin as the wallet has it: an output, and where it was made. */

#include <stdbool.h>

#include "common/base/bytes.h"
#include "common/chain/output.h"
#include "common/chain/position.h"

/* Stored: the numbers never change. */
enum coin_status {
	COIN_STATUS_UNSPENT = 1,
	COIN_STATUS_SPENT = 2,	 /* in a block that the watcher verified */
	COIN_STATUS_EXITING = 3, /* an exit of ours was started */
	COIN_STATUS_EXITED = 4,	 /* paid out on the root chain */
	COIN_STATUS_GONE = 5	 /* the watcher does not list it any more */
};

struct coin {
	struct position position;
	struct output output;
	enum coin_status status;
	bool is_verified;	      /* the watcher says that it is there */
	bool has_proof;		      /* transaction and 512 bytes are stored */
	bool is_claimed;	      /* signed away, whether included or not */
	struct hash transaction_hash; /* that made it */
};

#endif
