/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/soak/operator_world.h"

#define MOST_BLOCKS 64

static void write_root_chain(void)
{
	struct operator_store *store = world.source.store;
	struct error error;
	bool ok = operator_store_begin(store, &error) &&
		  operator_store_undo_exits(store, 0, &error);

	for (size_t i = 0; ok && i < world.deposit_count; i++)
		ok = operator_store_delete_deposit(
			store, world.deposits[i].blknum, &error);
	for (size_t i = 0; ok && i < world.deposit_count; i++) {
		const struct deposit *deposit = &world.deposits[i];
		const struct stored_deposit row = {
			.blknum = deposit->blknum,
			.output = deposit->output,
			.eth_block_number = deposit->eth_block,
			.log_index = (uint32_t)i,
		};

		if (deposit->is_gone)
			continue;
		ok = operator_store_put_deposit(store, &row, &error) &&
		     (deposit->credited == 0 ||
		      operator_store_credit_deposit(store, deposit->blknum,
						    deposit->credited, &error));
	}
	for (size_t i = 0; ok && i < world.exit_count; i++)
		ok = operator_store_put_freeze(store, world.exits[i].eth_block,
					       (uint32_t)i,
					       world.exits[i].position, &error);
	world_expect_ok(ok && operator_store_commit(store, &error), &error);
}

/* The files of accepted payments as they were written one by one. */
static void write_accepted(void)
{
	struct accepted_block blocks[MOST_BLOCKS];
	struct growing_buffer payments[MOST_BLOCKS];
	struct mempool *pool = operator_state_mempool_borrow(world.state);
	size_t count = mempool_block_count(pool);
	struct error error;

	world_expect(count <= MOST_BLOCKS, "too many blocks wait");
	for (size_t i = 0; i < count; i++) {
		const struct forming_block *block =
			mempool_block_borrow(pool, i);

		growing_buffer_init(&payments[i], (size_t)1 << 20);
		for (uint32_t j = 0; j < block->count; j++)
			(void)growing_buffer_put(
				&payments[i],
				payment_bytes(block->payments[j]));
		blocks[i] = (struct accepted_block){
			block->blknum, growing_buffer_view(&payments[i])
		};
	}
	world_expect_ok(accepted_store_rewrite(world.source.accepted, blocks,
					       count, &error),
			&error);
	for (size_t i = 0; i < count; i++)
		growing_buffer_clear(&payments[i]);
}

static void give_fees(void)
{
	world_step(&(struct operator_event){ .kind = OPERATOR_EVENT_FEES,
					     .as.fees = &world.fees },
		   NULL);
	world_step(&(struct operator_event){ .kind = OPERATOR_EVENT_HALT,
					     .as.halted = world.is_halted },
		   NULL);
}

void world_restart(void)
{
	const struct paid *dropped[MAX_PAID];
	struct recovery_counts counts;
	struct error error;
	size_t count = 0;

	write_root_chain();
	write_accepted();
	operator_state_free(world.state);
	world.is_fixed = false;
	world_expect_ok(recovery_store_load(&world.state, &counts,
					    &world.settings, &world.source,
					    &error),
			&error);
	world_read_places();
	for (size_t i = 0; i < world.paid_count; i++) {
		struct paid *paid = &world.paid[i];

		if (paid->state != PAID_WAITS || paid->is_seen)
			continue;
		world_drop(paid);
		dropped[count++] = paid;
	}
	world_expect(count == counts.payments_dropped,
		     "a start lost a payment without a word");
	world_judge_dropped(dropped, count);
	give_fees();
}

void world_checkpoint(void)
{
	struct error error;

	world_expect_ok(recovery_store_checkpoint(world.state, world.folder,
						  &world_framework,
						  world.credited, &error),
			&error);
}

static void make_files(void)
{
	const struct operator_network network = { 31337, world_framework, 0 };
	struct error error;

	/* Nothing is lost with power here: a disk would only be slow. */
	snprintf(world.folder, sizeof(world.folder), "%s/operator-walk-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	world_expect(mkdtemp(world.folder) != NULL, "cannot make a folder");
	world.source.datadir = world.folder;
	world.source.framework = world_framework;
	world_expect_ok(operator_store_open(&world.source.store, world.folder,
					    &network, &error) &&
				accepted_store_open(&world.source.accepted,
						    world.folder, &error) &&
				body_store_open(&world.source.bodies,
						world.folder,
						OPERATOR_STORE_BODIES, &error),
			&error);
}

void world_begin(void)
{
	memset(&world, 0, sizeof(world));
	make_files();
	world.settings = (struct operator_settings){
		.next_blknum = 1000,
		.interval_ms = 100,
		.block_payments = 8,
		.queue_limit = 60,
		.policy.operator_account = { { 0x99 } },
	};
	world.truth = ledger_new();
	world.head = 100;
	for (unsigned int i = 0; i < 2; i++) {
		world.prices[i].token = world_token(i);
		world.prices[i].accepted_count = 1;
		world.prices[i].accepted[0] = amount_of(1);
	}
	world.fees = (struct fee_table){ true, 2, world.prices };
	world.state = operator_state_new(&world.settings);
	give_fees();
}

static int remove_one(const char *path, const struct stat *status, int kind,
		      struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

void world_remove_files(void)
{
	/* What stays is only in the way. */
	(void)nftw(world.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void world_end(void)
{
	operator_state_free(world.state);
	operator_effects_clear(&world.effects);
	ledger_free(world.truth);
	body_store_close(world.source.bodies);
	accepted_store_close(world.source.accepted);
	operator_store_close(world.source.store);
	world_remove_files();
}
