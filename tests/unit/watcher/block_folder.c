/* SPDX-License-Identifier: MIT */
#include "tests/unit/watcher/block_folder.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/hex.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/eip712.h"
#include "common/service/clock.h"
#include "common/service/log.h"
#include "tests/unit/runner.h"
#include "tests/unit/watcher/chain_folder.h"
#include "watcher/event_store.h"

static struct error error;
struct secret key;
struct address alice;
struct hash domain;
struct body_store *bodies;
struct ledger_store *ledger;
static struct block_fetch *fetch;
static struct block_fetch *ahead;
static struct workers *workers;
struct block_loop *loop;
struct pass_facts facts;
struct block_loop_report report;
static char source[64];
char mirror[64]; /* asked second */

static void must(bool ok)
{
	ck_assert_msg(ok, "%s", error.message);
}

static void open_parts(void)
{
	const char *sources[2] = { source, mirror };

	snprintf(source, sizeof(source), "%s/source", chain_folder);
	ck_assert_int_eq(mkdir(source, 0700), 0);
	snprintf(mirror, sizeof(mirror), "%s/mirror", chain_folder);
	ck_assert_int_eq(mkdir(mirror, 0700), 0);
	must(body_store_open(&bodies, chain_folder, WATCHER_STORE_BODIES,
			     &error));
	ledger = ledger_store_new(chain_database, bodies, &alice, 1);
	fetch = block_fetch_new(sources, 2, bodies);
	ahead = block_fetch_new(sources, 1, bodies);
	workers = workers_new(1);
	struct block_loop_parts parts = { chain_database, bodies, ledger,
					  fetch,	  ahead,  workers,
					  LIMIT };
	loop = block_loop_new(&parts);
}

void put_deposit(uint64_t blknum, const struct address *owner)
{
	struct watched_deposit deposit = deposit_of(blknum, 7, 1000, 5);

	deposit.output.owner = *owner;
	must(watcher_store_put_deposit(chain_database, &deposit, &error));
}

/* A signed payment of Alice's. */
void add_payment(struct forge *forge, struct position input,
		 const struct output *outputs, size_t count)
{
	struct transaction transaction = { 0 };
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	uint8_t signed_form[PROTOCOL_MAX_SIGNED_SIZE];
	struct writer raw_writer = writer_of(raw, sizeof(raw));
	struct writer writer = writer_of(signed_form, sizeof(signed_form));

	transaction.type = PROTOCOL_TX_TYPE_PAYMENT;
	transaction.input_count = 1;
	transaction.inputs[0] = input;
	transaction.output_count = (uint8_t)count;
	memcpy(transaction.outputs, outputs, count * sizeof(*outputs));
	transaction_encode(&raw_writer, &transaction);
	struct hash digest = transaction_digest(&domain, &transaction);
	struct signature signature = signature_make(&key, &digest);
	transaction_encode_signed(&writer, writer_view(&raw_writer), &signature,
				  1);
	ck_assert(forge_add_signed(forge, writer_view(&writer)));
}

struct forge new_forge(uint64_t blknum)
{
	struct forge forge;

	forge_init(&forge);
	forge.domain = domain;
	forge.key = &key;
	forge.thief = account_of(6);
	forge.blknum = blknum;
	forge.input = position_to_u256(position_at(1000, 0, 0));
	forge.amount = u256_of(600);
	return forge;
}

void write_body_to(const char *folder, const struct hash *root,
		   struct bytes body)
{
	char name[65];
	char path[160];

	hex_encode_bare(name, bytes_view(root->bytes, 32));
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(body.data, 1, body.len, file), body.len);
	fclose(file);
}

void write_body(const struct hash *root, struct bytes body)
{
	write_body_to(source, root, body);
}

/* The root chain gets the block; its body is served unless withheld. */
struct hash commit_block(struct forge *forge, bool served)
{
	struct watched_block block = block_of(forge->blknum, 10);
	struct growing_buffer body;

	growing_buffer_init(&body, PROTOCOL_MAX_BODY_SIZE);
	forge_finish(&body, &block.root, forge);
	block.time.seconds = COMMITTED_AT;
	block.eth_block_number = 10 + forge->blknum / 1000;
	if (served)
		write_body(&block.root, growing_buffer_view(&body));
	must(watcher_store_put_block(chain_database, &block, &error));
	growing_buffer_clear(&body);
	forge_clear(forge);
	return block.root;
}

void pass_at(uint64_t now, uint64_t final_number)
{
	facts.now.seconds = now;
	facts.head.time = facts.now;
	facts.domain = domain;
	facts.final_known = true;
	facts.final_number = final_number;
	must(!database_in_transaction(chain_database) ||
	     database_commit(chain_database, &error));
	must(event_store_latch(chain_database, &facts.latch, &error));
	must(block_loop_pass(loop, &report, &facts,
			     clock_monotonic_ms() + 600000, &error));
	must(database_begin(chain_database, &error));
}

struct watched_block block_at(uint64_t blknum)
{
	struct watched_block block;
	bool found;

	must(watcher_store_block(chain_database, &found, &block, blknum,
				 &error));
	ck_assert(found);
	return block;
}

struct watched_coin coin_at(struct position position, bool *found)
{
	struct watched_coin coin;

	must(watcher_store_coin(chain_database, found, &coin, position,
				&error));
	return coin;
}

void commit_first_block(void)
{
	struct forge forge = new_forge(1000);
	struct output outputs[2] = { output_of(1, 600), output_of(2, 390) };

	outputs[0].owner = alice;
	add_payment(&forge, position_at(1, 0, 0), outputs, 2);
	(void)commit_block(&forge, true);
	pass_at(COMMITTED_AT, 100);
	ck_assert_uint_eq(report.applied, 1);
}

void block_folder_set_up(void)
{
	struct exit_id id = { { 3 } };
	struct address bob = account_of(2);

	log_set_level(LOG_ERROR);
	chain_folder_set_up();
	memset(key.bytes, 1, sizeof(key.bytes));
	alice = secret_address(&key);
	domain = eip712_domain_separator(&chain_network.plasma_framework);
	memset(&facts, 0, sizeof(facts));
	open_parts();
	must(watcher_store_watch(chain_database, &alice, 1, &error));
	put_deposit(1, &alice);
	put_deposit(2, &bob);
	put_deposit(3, &alice);
	must(watcher_store_put_exited(chain_database, position_at(3, 0, 0), 6,
				      0, &id, true, &error));
	commit_first_block();
}

void block_folder_tear_down(void)
{
	block_loop_free(loop);
	workers_free(workers);
	block_fetch_free(ahead);
	block_fetch_free(fetch);
	ledger_store_free(ledger);
	body_store_close(bodies);
	chain_folder_tear_down();
}
