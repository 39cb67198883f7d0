/* SPDX-License-Identifier: MIT */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "common/service/clock.h"
#include "tests/support/hostile/forge.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"
#include "tests/unit/watcher/block_folder.h"
#include "tests/unit/watcher/chain_folder.h"
#include "watcher/block_loop.h"
#include "watcher/event_store.h"
#include "watcher/inclusion_store.h"

static struct error error;

static void must(bool ok)
{
	ck_assert_msg(ok, "%s", error.message);
}

START_TEST(test_applies_a_valid_block)
{
	bool found;
	struct watched_coin coin = coin_at(position_at(1, 0, 0), &found);

	ck_assert(found);
	ck_assert_int_eq(coin.state, COIN_SPENT);
	ck_assert(position_equal(coin.spender, position_at(1000, 0, 0)));
	coin = coin_at(position_at(1000, 0, 1), &found);
	ck_assert(found);
	struct output expected = output_of(2, 390);
	ck_assert(output_equal(&coin.output, &expected));
	ck_assert_int_eq(block_at(1000).state, BLOCK_STATE_APPLIED);
	struct watched_coin own[4];
	size_t count;
	must(watcher_store_own_coins(chain_database, own, &count, 4, &alice,
				     position_at(1, 0, 0), true, &error));
	ck_assert_uint_eq(count, 1);
	ck_assert(position_equal(own[0].position, position_at(1000, 0, 0)));
}
END_TEST

START_TEST(test_an_own_coin_that_its_own_block_spends_is_spent)
{
	struct forge forge = new_forge(2000);
	struct output outputs[2] = { output_of(1, 300), output_of(1, 300) };
	struct watched_coin own[4];
	size_t count;

	outputs[0].owner = outputs[1].owner = alice;
	add_payment(&forge, position_at(1000, 0, 0), outputs, 2);
	outputs[0].owner = account_of(2);
	add_payment(&forge, position_at(2000, 0, 0), outputs, 1);
	(void)commit_block(&forge, true);
	pass_at(COMMITTED_AT + 1, 100);
	ck_assert_int_eq(block_at(2000).state, BLOCK_STATE_APPLIED);
	must(watcher_store_own_coins(chain_database, own, &count, 4, &alice,
				     position_at(1, 0, 0), true, &error));
	ck_assert_uint_eq(count, 1);
	ck_assert(position_equal(own[0].position, position_at(2000, 0, 1)));
}
END_TEST

START_TEST(test_proves_a_transaction_of_an_applied_block)
{
	struct inclusion inclusion;
	struct transaction transaction;
	bool found;

	must(inclusion_store_find(bodies, &found, &inclusion, chain_database,
				  position_at(1000, 0, 1), &error));
	ck_assert(found);
	ck_assert_int_eq(transaction_decode(&transaction, inclusion.raw),
			 VERDICT_VALID);
	ck_assert(position_equal(transaction.inputs[0], position_at(1, 0, 0)));
	ck_assert_uint_gt(inclusion.signatures.len, 65);
	inclusion_clear(&inclusion);
}
END_TEST

START_TEST(test_undoes_what_a_reorganisation_took_back)
{
	bool found;

	must(ledger_store_undo(ledger, 11, true, 5, &error));
	ck_assert_int_eq(coin_at(position_at(1, 0, 0), &found).state,
			 COIN_UNSPENT);
	(void)coin_at(position_at(1000, 0, 0), &found);
	ck_assert(!found);
	struct watched_block block;
	must(watcher_store_block(chain_database, &found, &block, 1000, &error));
	ck_assert(!found);
	/* And it is applied again from the body that is still there. */
	commit_first_block();
	ck_assert_int_eq(block_at(1000).state, BLOCK_STATE_APPLIED);
}
END_TEST

START_TEST(test_undoes_deposits_and_exits)
{
	bool found;

	must(ledger_store_undo(ledger, 6, false, 0, &error));
	ck_assert_int_eq(coin_at(position_at(3, 0, 0), &found).state,
			 COIN_UNSPENT);
	must(ledger_store_undo(ledger, 5, false, 0, &error));
	(void)coin_at(position_at(1, 0, 0), &found);
	ck_assert(!found);
}
END_TEST

/* ---- withholding ---- */

static struct hash withhold_block(void)
{
	struct forge forge = new_forge(2000);
	struct output output = output_of(2, 590);

	add_payment(&forge, position_at(1000, 0, 0), &output, 1);
	return commit_block(&forge, false);
}

START_TEST(test_a_withheld_block_halts_at_the_limit_and_not_before)
{
	(void)withhold_block();
	pass_at(COMMITTED_AT + LIMIT - 1, 100);
	ck_assert(!facts.latch.latched);
	ck_assert(report.is_missing);
	ck_assert(report.is_suspected);
	ck_assert(!facts.caught_up);
	pass_at(COMMITTED_AT + LIMIT, 100);
	ck_assert(facts.latch.latched);
	ck_assert_int_eq(facts.latch.kind, EVENT_BLOCK_WITHHOLDING);
	ck_assert_uint_eq(facts.latch.bad_block, 2000);
	ck_assert_uint_eq(facts.latch.bad_at.seconds, COMMITTED_AT);
	ck_assert_uint_eq(facts.latch.last_good_block, 1000);
	ck_assert_int_eq(block_at(2000).state, BLOCK_STATE_WITHHELD);
}
END_TEST

START_TEST(test_a_first_look_long_after_the_limit_asks_before_it_halts)
{
	(void)withhold_block();
	/* The round that fails in this pass is the first. */
	pass_at(COMMITTED_AT + 10 * LIMIT, 100);
	ck_assert_uint_eq(block_at(2000).failed_rounds, 1);
	ck_assert(facts.latch.latched);
}
END_TEST

START_TEST(test_a_disk_without_room_for_a_body_is_not_the_operators_fault)
{
	struct forge forge = new_forge(2000);
	struct output output = output_of(2, 590);

	add_payment(&forge, position_at(1000, 0, 0), &output, 1);
	(void)commit_block(&forge, true);
	facts.now.seconds = COMMITTED_AT + 10 * LIMIT;
	must(database_commit(chain_database, &error));
	scratch_limit_files(0);
	bool ok = block_loop_pass(loop, &report, &facts,
				  clock_monotonic_ms() + 600000, &error);
	scratch_limit_files(SIZE_MAX);
	ck_assert(!ok);
	ck_assert_int_eq(error.code, ERROR_IO);
	ck_assert_ptr_nonnull(strstr(error.message, "cannot write a body"));
	ck_assert_uint_eq(block_at(2000).failed_rounds, 0);
	ck_assert(!facts.latch.latched);
	must(database_begin(chain_database, &error));
	pass_at(COMMITTED_AT + 10 * LIMIT, 100);
	ck_assert_uint_eq(report.applied, 1);
	ck_assert(!facts.latch.latched);
}
END_TEST

START_TEST(test_a_late_body_is_kept_as_evidence_and_is_no_cure)
{
	struct forge forge = new_forge(2000);
	struct output output = output_of(2, 590);

	(void)withhold_block();
	pass_at(COMMITTED_AT + LIMIT, 100);
	add_payment(&forge, position_at(1000, 0, 0), &output, 1);
	struct growing_buffer body;
	struct hash root;
	growing_buffer_init(&body, PROTOCOL_MAX_BODY_SIZE);
	forge_finish(&body, &root, &forge);
	write_body(&root, growing_buffer_view(&body));
	growing_buffer_clear(&body);
	forge_clear(&forge);
	pass_at(COMMITTED_AT + LIMIT + 60, 100);
	struct watched_block block = block_at(2000);
	bool found;
	ck_assert_int_eq(block.state, BLOCK_STATE_WITHHELD);
	ck_assert(block.has_body);
	ck_assert_int_eq(block.verdict, VERDICT_VALID);
	ck_assert(facts.latch.latched);
	struct standing_event *events;
	size_t events_count;
	must(event_store_list_new(chain_database, &events, &events_count,
				  &error));
	ck_assert_uint_eq(events_count, 1);
	ck_assert_ptr_nonnull(
		strstr(events[0].facts, "\"revealed_late\":true"));
	event_store_list_free(events, events_count);
	ck_assert_int_eq(coin_at(position_at(1000, 0, 0), &found).state,
			 COIN_UNSPENT);
	/* A person may end the halt: then it is a block like others. */
	size_t count;
	must(event_store_clear_latches(chain_database, &count, "it came",
				       (struct wall_time){ 1 }, &error));
	pass_at(COMMITTED_AT + LIMIT + 120, 100);
	ck_assert_int_eq(block_at(2000).state, BLOCK_STATE_APPLIED);
}
END_TEST

START_TEST(test_a_body_of_another_root_is_no_body)
{
	struct forge other = new_forge(2000);
	struct output output = output_of(2, 580);
	struct hash root = withhold_block();
	struct growing_buffer body;
	struct hash other_root;

	add_payment(&other, position_at(1000, 0, 0), &output, 1);
	growing_buffer_init(&body, PROTOCOL_MAX_BODY_SIZE);
	forge_finish(&body, &other_root, &other);
	write_body(&root, growing_buffer_view(&body));
	growing_buffer_clear(&body);
	forge_clear(&other);
	pass_at(COMMITTED_AT + 1, 100);
	ck_assert_int_eq(report.missing_why, VERDICT_ROOT_MISMATCH);
	ck_assert(!facts.latch.latched);
	pass_at(COMMITTED_AT + LIMIT, 100);
	ck_assert_int_eq(facts.latch.kind, EVENT_BLOCK_WITHHOLDING);
}
END_TEST

START_TEST(test_blocks_behind_a_halt_are_kept_and_not_applied)
{
	struct forge forge = new_forge(2000);
	struct output output = output_of(2, 590);

	ck_assert(forge_break(&forge, "payment_without_inputs"));
	(void)commit_block(&forge, true);
	forge = new_forge(3000);
	add_payment(&forge, position_at(1000, 0, 0), &output, 1);
	(void)commit_block(&forge, true);
	pass_at(COMMITTED_AT + 1, 100);
	ck_assert(facts.latch.latched);
	struct watched_block behind = block_at(3000);
	ck_assert_int_eq(behind.state, BLOCK_STATE_EVIDENCE);
	ck_assert(behind.has_body);
}
END_TEST

/* A block behind the first one that pays 600 on, with the root stored then. */
static void commit_onward(uint64_t blknum, struct position input, uint64_t at)
{
	struct forge forge = new_forge(blknum);
	struct output output = output_of(2, 590 - blknum / 1000);
	struct watched_block block;

	output.owner = alice;
	add_payment(&forge, input, &output, 1);
	(void)commit_block(&forge, true);
	block = block_at(blknum);
	block.time.seconds = at;
	must(watcher_store_put_block(chain_database, &block, &error));
}

static void halt_without_bad_block(enum event_kind kind, uint64_t at)
{
	struct raised_event event = {
		.kind = kind,
		.key = "1",
		.facts = "{}",
		.at = { at },
		.bad_at = { at - 50 },
	};

	must(event_store_raise(chain_database, NULL, &event, &error));
}

START_TEST(test_a_halt_without_a_bad_block_stops_what_comes_after_it)
{
	uint64_t halted_at = COMMITTED_AT + 100;
	bool found;

	commit_onward(2000, position_at(1000, 0, 0), halted_at);
	commit_onward(3000, position_at(2000, 0, 0), halted_at + 1);
	halt_without_bad_block(EVENT_UNCHALLENGED_EXIT, halted_at);
	pass_at(halted_at + 60, 100);
	ck_assert_int_eq(block_at(2000).state, BLOCK_STATE_APPLIED);
	ck_assert_int_eq(block_at(3000).state, BLOCK_STATE_EVIDENCE);
	ck_assert_int_eq(coin_at(position_at(2000, 0, 0), &found).state,
			 COIN_UNSPENT);
	ck_assert_uint_eq(facts.latch.last_good_block, 1000);
	ck_assert(facts.caught_up);
}
END_TEST

START_TEST(test_a_missing_block_of_before_the_halt_is_not_given_up)
{
	uint64_t halted_at = COMMITTED_AT + 100;

	(void)withhold_block();
	commit_onward(3000, position_at(1000, 0, 0), halted_at + 1);
	halt_without_bad_block(EVENT_UNCHALLENGED_EXIT, halted_at);
	pass_at(halted_at + 1, 100);
	ck_assert_int_eq(block_at(2000).state, BLOCK_STATE_PENDING);
	ck_assert(report.is_missing);
	ck_assert(!facts.caught_up);
	pass_at(COMMITTED_AT + LIMIT, 100);
	ck_assert_int_eq(block_at(2000).state, BLOCK_STATE_WITHHELD);
	ck_assert(facts.latch.has_bad_block);
	ck_assert(facts.caught_up);
}
END_TEST

START_TEST(test_a_root_chain_in_doubt_stops_every_block)
{
	uint64_t halted_at = COMMITTED_AT + 100;

	commit_onward(2000, position_at(1000, 0, 0), halted_at);
	halt_without_bad_block(EVENT_FINALITY_BROKEN, halted_at);
	pass_at(halted_at, 100);
	ck_assert_int_eq(block_at(2000).state, BLOCK_STATE_EVIDENCE);
	ck_assert(facts.caught_up);
}
END_TEST

/* ---- deposits that are not final ---- */

START_TEST(test_an_unknown_deposit_waits_until_the_block_is_final)
{
	struct forge forge = new_forge(2000);
	struct output output = output_of(2, 590);

	add_payment(&forge, position_at(1001, 0, 0), &output, 1);
	(void)commit_block(&forge, true);
	pass_at(COMMITTED_AT + 1, 11);
	ck_assert(!facts.latch.latched);
	ck_assert_int_eq(report.missing_why, VERDICT_INPUT_UNKNOWN);
	pass_at(COMMITTED_AT + 2, 12);
	ck_assert(facts.latch.latched);
	ck_assert_int_eq(block_at(2000).verdict, VERDICT_INPUT_UNKNOWN);
}
END_TEST

START_TEST(test_an_unknown_deposit_does_not_wait_beyond_the_limit)
{
	struct forge forge = new_forge(2000);
	struct output output = output_of(2, 590);

	add_payment(&forge, position_at(1001, 0, 0), &output, 1);
	(void)commit_block(&forge, true);
	pass_at(COMMITTED_AT + LIMIT - 1, 11);
	ck_assert(!facts.latch.latched);
	pass_at(COMMITTED_AT + LIMIT, 11);
	ck_assert(facts.latch.latched);
}
END_TEST

/* ---- every rule that a forger knows ---- */

/* Makes block 2000 break the rule and no earlier one. */
static void forge_rule(struct forge *forge, const char *rule)
{
	struct output output = output_of(2, 590);

	if (strcmp(rule, "input_spent") == 0)
		forge->input = position_to_u256(position_at(1, 0, 0));
	if (strcmp(rule, "signature_wrong_owner") == 0)
		forge->input = position_to_u256(position_at(2, 0, 0));
	if (strcmp(rule, "input_exited") == 0)
		forge->input = position_to_u256(position_at(3, 0, 0));
	if (strcmp(rule, "amounts_do_not_add_up") == 0)
		forge->amount = u256_of(601);
	if (strcmp(rule, "fee_amount_mismatch") == 0 ||
	    strcmp(rule, "fee_has_signatures") == 0) {
		forge->amount = u256_of(rule[4] == 'a' ? 11 : 10);
		add_payment(forge, position_at(1000, 0, 0), &output, 1);
	}
	ck_assert(forge_break(forge, rule));
}

START_TEST(test_every_rule_that_a_forger_breaks_is_named)
{
	const char *rule = forge_mode_name((size_t)_i + 1);
	struct forge forge = new_forge(2000);
	enum verdict verdict;

	ck_assert(verdict_from_code(&verdict, rule));
	forge_rule(&forge, rule);
	(void)commit_block(&forge, true);
	pass_at(COMMITTED_AT + 1, 100);
	bool at_once = verdict_grade(verdict) == VERDICT_GRADE_P;
	ck_assert_msg(facts.latch.latched == at_once, "%s", rule);
	if (!at_once) {
		ck_assert_msg(report.missing_why == verdict, "%s is %s", rule,
			      verdict_code(report.missing_why));
		pass_at(COMMITTED_AT + LIMIT - 1, 100);
		ck_assert_msg(!facts.latch.latched, "%s", rule);
		pass_at(COMMITTED_AT + LIMIT, 100);
		ck_assert_msg(facts.latch.latched, "%s", rule);
	}
	ck_assert_msg(block_at(2000).verdict == verdict, "%s is %s", rule,
		      verdict_code(block_at(2000).verdict));
	ck_assert_int_eq(facts.latch.kind,
			 verdict_grade(verdict) == VERDICT_GRADE_F
				 ? EVENT_BLOCK_WITHHOLDING
				 : EVENT_INVALID_BLOCK);
}
END_TEST

START_TEST(test_a_block_that_repeats_an_earlier_one_is_named_so)
{
	struct watched_block block = block_at(1000);

	block.blknum = 2000;
	block.state = BLOCK_STATE_PENDING;
	must(watcher_store_put_block(chain_database, &block, &error));
	pass_at(COMMITTED_AT + 1, 100);
	ck_assert_int_eq(block_at(2000).verdict, VERDICT_REPEATED_ROOT);
}
END_TEST

START_TEST(test_a_transaction_of_an_earlier_block_is_a_duplicate)
{
	struct forge forge = new_forge(2000);
	struct output outputs[2] = { output_of(1, 600), output_of(2, 390) };

	outputs[0].owner = alice;
	add_payment(&forge, position_at(1, 0, 0), outputs, 2);
	add_payment(&forge, position_at(1000, 0, 0), outputs, 1);
	(void)commit_block(&forge, true);
	pass_at(COMMITTED_AT + 1, 100);
	ck_assert_int_eq(block_at(2000).verdict, VERDICT_DUPLICATE_TRANSACTION);
	ck_assert_uint_eq(block_at(2000).tx_index, 0);
}
END_TEST

/* ---- a block that is too large to be kept decoded ---- */

#define LARGE 8200

/* So little that the coins of a large block are written in pieces. */
#define LITTLE ((size_t)256 << 10)

/* Each payment spends what the one before it made, and the last one `last`. */
static void add_large_block(struct position last)
{
	struct forge forge = new_forge(2000);
	struct output outputs[2] = { output_of(1, 300), output_of(1, 300) };

	outputs[0].owner = outputs[1].owner = alice;
	add_payment(&forge, position_at(1000, 0, 0), outputs, 2);
	for (uint32_t i = 1; i < LARGE - 1; i++)
		add_payment(&forge, position_at(2000, i - 1, 0), outputs, 1);
	outputs[0].owner = account_of(2);
	add_payment(&forge, last, outputs, 1);
	(void)commit_block(&forge, true);
}

static bool is_spent_by(struct position position, struct position spender)
{
	bool found;
	struct watched_coin coin = coin_at(position, &found);

	return found && coin.state == COIN_SPENT &&
	       position_equal(coin.spender, spender);
}

static void check_large_block(void)
{
	bool found;

	ck_assert_int_eq(block_at(2000).state, BLOCK_STATE_APPLIED);
	ck_assert(
		is_spent_by(position_at(1000, 0, 0), position_at(2000, 0, 0)));
	for (uint32_t i = 0; i < LARGE - 2; i++)
		ck_assert(is_spent_by(position_at(2000, i, 0),
				      position_at(2000, i + 1, 0)));
	ck_assert(is_spent_by(position_at(2000, 0, 1),
			      position_at(2000, LARGE - 1, 0)));
	struct watched_coin coin =
		coin_at(position_at(2000, LARGE - 2, 0), &found);
	ck_assert(found && coin.state == COIN_UNSPENT);
	ck_assert(address_equal(&coin.output.owner, &alice));
	coin = coin_at(position_at(2000, LARGE - 1, 0), &found);
	struct output expected = output_of(2, 300);
	expected.owner = account_of(2);
	ck_assert(found && coin.state == COIN_UNSPENT);
	ck_assert(output_equal(&coin.output, &expected));
}

/* What another program does to the database. */
static void execute(const char *sql)
{
	char path[160];
	sqlite3 *connection;

	snprintf(path, sizeof(path), "%s/watcher.db", chain_folder);
	ck_assert_int_eq(sqlite3_open(path, &connection), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(connection, sql, NULL, NULL, NULL),
			 SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(connection), SQLITE_OK);
}

START_TEST(test_a_large_block_is_applied_as_a_small_one)
{
	bool found;

	if (_i == 1)
		ledger_store_hold(ledger, LITTLE);
	add_large_block(position_at(2000, 0, 1));
	pass_at(COMMITTED_AT + 1, 100);
	check_large_block();
	/* And what it did can be undone. */
	must(ledger_store_undo(ledger, 12, true, 5, &error));
	ck_assert_int_eq(coin_at(position_at(1000, 0, 0), &found).state,
			 COIN_UNSPENT);
	(void)coin_at(position_at(2000, LARGE - 1, 0), &found);
	ck_assert(!found);
}
END_TEST

START_TEST(test_a_disk_that_fails_in_a_large_block_leaves_nothing_of_it)
{
	/* What cannot be written: the coin of the last payment, with many
	 * before it that can; the block itself, when its coins are there. */
	static const char *const broken[] = {
		"CREATE TRIGGER full BEFORE INSERT ON coins WHEN new.owner = "
		"x'0202020202020202020202020202020202020202' "
		"BEGIN SELECT raise(abort, 'disk full'); END",
		"CREATE TRIGGER full BEFORE INSERT ON blocks "
		"BEGIN SELECT raise(abort, 'disk full'); END",
	};
	bool found;

	ledger_store_hold(ledger, LITTLE);
	add_large_block(position_at(2000, 0, 1));
	must(database_commit(chain_database, &error));
	execute(broken[_i]);
	facts.now.seconds = COMMITTED_AT + 1;
	facts.head.time = facts.now;
	ck_assert(!block_loop_pass(loop, &report, &facts,
				   clock_monotonic_ms() + 600000, &error));
	ck_assert_ptr_nonnull(strstr(error.message, "disk full"));
	must(database_begin(chain_database, &error));
	must(ledger_store_write(ledger, &error)); /* nothing is held back */
	(void)coin_at(position_at(2000, 0, 0), &found);
	ck_assert(!found);
	(void)coin_at(position_at(2000, LARGE - 2, 0), &found);
	ck_assert(!found);
	ck_assert_int_eq(coin_at(position_at(1000, 0, 0), &found).state,
			 COIN_UNSPENT);
	ck_assert_int_eq(block_at(2000).state, BLOCK_STATE_PENDING);
	must(database_commit(chain_database, &error));
	execute("DROP TRIGGER full");
	must(database_begin(chain_database, &error));
	pass_at(COMMITTED_AT + 2, 100);
	check_large_block();
}
END_TEST

START_TEST(test_the_last_payment_of_a_large_block_is_judged_like_the_first)
{
	const struct {
		struct position last;
		enum verdict verdict;
	} cases[] = {
		/* spent in this block, long before and just before; in an
		 * earlier one; nowhere */
		{ position_at(2000, 0, 0), VERDICT_INPUT_SPENT },
		{ position_at(2000, LARGE - 3, 0), VERDICT_INPUT_SPENT },
		{ position_at(1, 0, 0), VERDICT_INPUT_SPENT },
		{ position_at(2000, 5, 1), VERDICT_INPUT_UNKNOWN },
		/* of somebody else */
		{ position_at(1000, 0, 1), VERDICT_SIGNATURE_WRONG_OWNER },
	};
	bool found;

	add_large_block(cases[_i].last);
	pass_at(COMMITTED_AT + 1, 100);
	/* Other copies may have other signatures: that waits. */
	ck_assert(facts.latch.latched ==
		  (verdict_grade(cases[_i].verdict) == VERDICT_GRADE_P));
	pass_at(COMMITTED_AT + LIMIT, 100);
	ck_assert_str_eq(verdict_code(block_at(2000).verdict),
			 verdict_code(cases[_i].verdict));
	ck_assert_uint_eq(block_at(2000).tx_index, LARGE - 1);
	ck_assert(facts.latch.latched);
	ck_assert_int_eq(facts.latch.kind, EVENT_INVALID_BLOCK);
	/* Nothing of it was done. */
	ck_assert_int_eq(coin_at(position_at(1000, 0, 0), &found).state,
			 COIN_UNSPENT);
	(void)coin_at(position_at(2000, 0, 0), &found);
	ck_assert(!found);
}
END_TEST

static int count_rules(void)
{
	int count = 0;

	while (forge_mode_name((size_t)count + 1) != NULL)
		count++;
	return count;
}

Suite *block_loop_suite(void);

Suite *block_loop_suite(void)
{
	Suite *suite = suite_create("block_loop");
	TCase *tests = tcase_create("block_loop");

	tcase_add_checked_fixture(tests, block_folder_set_up,
				  block_folder_tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, test_applies_a_valid_block);
	tcase_add_test(tests,
		       test_an_own_coin_that_its_own_block_spends_is_spent);
	tcase_add_test(tests, test_proves_a_transaction_of_an_applied_block);
	tcase_add_test(tests, test_undoes_what_a_reorganisation_took_back);
	tcase_add_test(tests, test_undoes_deposits_and_exits);
	tcase_add_test(tests,
		       test_a_withheld_block_halts_at_the_limit_and_not_before);
	tcase_add_test(
		tests,
		test_a_first_look_long_after_the_limit_asks_before_it_halts);
	tcase_add_test(
		tests,
		test_a_disk_without_room_for_a_body_is_not_the_operators_fault);
	tcase_add_test(tests,
		       test_a_late_body_is_kept_as_evidence_and_is_no_cure);
	tcase_add_test(tests, test_a_body_of_another_root_is_no_body);
	tcase_add_test(tests,
		       test_blocks_behind_a_halt_are_kept_and_not_applied);
	tcase_add_test(
		tests,
		test_a_halt_without_a_bad_block_stops_what_comes_after_it);
	tcase_add_test(tests,
		       test_a_missing_block_of_before_the_halt_is_not_given_up);
	tcase_add_test(tests, test_a_root_chain_in_doubt_stops_every_block);
	tcase_add_test(tests,
		       test_an_unknown_deposit_waits_until_the_block_is_final);
	tcase_add_test(tests,
		       test_an_unknown_deposit_does_not_wait_beyond_the_limit);
	tcase_add_loop_test(tests,
			    test_every_rule_that_a_forger_breaks_is_named, 0,
			    count_rules());
	tcase_add_test(tests,
		       test_a_block_that_repeats_an_earlier_one_is_named_so);
	tcase_add_test(tests,
		       test_a_transaction_of_an_earlier_block_is_a_duplicate);
	tcase_add_loop_test(tests, test_a_large_block_is_applied_as_a_small_one,
			    0, 2);
	tcase_add_loop_test(
		tests,
		test_a_disk_that_fails_in_a_large_block_leaves_nothing_of_it, 0,
		2);
	tcase_add_loop_test(
		tests,
		test_the_last_payment_of_a_large_block_is_judged_like_the_first,
		0, 5);
	suite_add_tcase(suite, tests);
	return suite;
}
