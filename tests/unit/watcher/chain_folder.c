/* SPDX-License-Identifier: MIT */
#include "tests/unit/watcher/chain_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/chain/deposit.h"
#include "common/chain/transaction_codec.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

char chain_folder[32];
struct database *chain_database;
const struct watcher_network chain_network = { 31337, { { 9, 9 } } };

static struct error error;

void chain_folder_set_up(void)
{
	scratch_make();
	snprintf(chain_folder, sizeof(chain_folder), "%s", scratch_folder());
	ck_assert_msg(watcher_store_open(&chain_database, chain_folder,
					 &chain_network, &error),
		      "%s", error.message);
	ck_assert(database_begin(chain_database, &error));
}

void chain_folder_tear_down(void)
{
	database_rollback(chain_database);
	database_close(chain_database);
	scratch_remove();
}

struct address account_of(uint8_t byte)
{
	struct address account;

	memset(account.bytes, byte, sizeof(account.bytes));
	return account;
}

struct output output_of(uint8_t owner, uint64_t units)
{
	return (struct output){ PROTOCOL_OUTPUT_TYPE_PAYMENT, account_of(owner),
				TOKEN_ETH, amount_of(units) };
}

struct position position_at(uint64_t blknum, uint32_t txindex, uint32_t oindex)
{
	struct position position;

	ck_assert(position_make(&position, blknum, txindex, oindex));
	return position;
}

struct watched_deposit deposit_of(uint64_t blknum, uint8_t owner,
				  uint64_t units, uint64_t eth_block_number)
{
	struct watched_deposit deposit = { 0 };
	struct hash none = { { 0 } };

	deposit.blknum = blknum;
	deposit.output = output_of(owner, units);
	deposit.eth_block_number = eth_block_number;
	deposit.bytes_known = true;
	struct transaction transaction = deposit_transaction(
		&deposit.output.owner, &deposit.output.token,
		deposit.output.amount, &none);
	struct writer writer = writer_of(deposit.raw, sizeof(deposit.raw));
	transaction_encode(&writer, &transaction);
	deposit.raw_len = writer.len;
	deposit.root = deposit_root(writer_view(&writer));
	return deposit;
}

struct watched_block block_of(uint64_t blknum, uint64_t eth_block_number)
{
	struct watched_block block = { 0 };

	block.blknum = blknum;
	block.root.bytes[0] = 1;
	block.root.bytes[31] = (uint8_t)(blknum / 1000);
	block.time.seconds = blknum;
	block.eth_block_number = eth_block_number;
	block.state = BLOCK_STATE_PENDING;
	return block;
}
