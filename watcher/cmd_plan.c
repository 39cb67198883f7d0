/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/instant.h"
#include "common/base/memory.h"
#include "common/keys/address.h"
#include "common/service/json_print.h"
#include "watcher/cmd.h"
#include "watcher/cmd_reading.h"
#include "watcher/leave_loop.h"
#include "watcher/overdue_store.h"
#include "watcher/wallet_loop.h"

/* If the operator vanished now: everything that a mass exit would do. */
struct plan {
	struct own_coin *coins;
	struct mass_exit_line *lines;
	size_t count;
	struct mass_exit_prices prices;
	struct amount gas_now_wei;
	struct amount gas_high_wei;
	struct amount bonds_wei;
	struct amount bounties_wei;
	size_t leaving;
	size_t stranded;
	size_t impossible;
	uint64_t chain_outputs;
	uint64_t index; /* percent */
	uint64_t start_last;
	struct overdue *overdue;
	size_t overdue_count;
};

static void add(struct amount *sum, struct amount one)
{
	if (!amount_add(sum, *sum, one))
		*sum = amount_from_u256(U256_MAX);
}

static void add_line(struct plan *plan, const struct mass_exit_line *line)
{
	add(&plan->gas_now_wei, line->gas_now_wei);
	add(&plan->gas_high_wei, line->gas_high_wei);
	add(&plan->bonds_wei, line->bonds_wei);
	add(&plan->bounties_wei, line->bounties_wei);
	plan->leaving += line->gas > 0;
	plan->stranded += line->is_stranded;
	plan->impossible += line->decision.way == EXIT_WAY_IMPOSSIBLE;
}

/* The last second for a halt that stands, or for one that began now. */
static uint64_t last_second(const struct reading *reading)
{
	uint64_t since = reading->facts.latch.latched
				 ? reading->facts.latch.bad_at.seconds
				 : reading->turn.world.now;

	return instant_after(since, reading->turn.world.exit_period - 1);
}

static bool make(struct plan *plan, struct reading *reading,
		 struct error *error)
{
	memset(plan, 0, sizeof(*plan));
	if (!cmd_reading_prices(reading, &plan->prices, error) ||
	    !leave_loop_coins_new(&reading->turn, &plan->coins, &plan->count,
				  error) ||
	    !leave_loop_index(&reading->turn, &plan->index,
			      &plan->chain_outputs, error) ||
	    !overdue_store_newest_new(reading->database, &plan->overdue,
				      &plan->overdue_count, error))
		return false;
	plan->lines = memory_new(plan->count + 1, sizeof(*plan->lines));
	plan->start_last = last_second(reading);
	for (size_t i = 0; i < plan->count; i++) {
		plan->lines[i] = mass_exit_cost(&plan->coins[i], &plan->prices);
		if (plan->lines[i].start_last != 0)
			plan->lines[i].start_last = plan->start_last;
		add_line(plan, &plan->lines[i]);
	}
	return true;
}

static void clear(struct plan *plan)
{
	memory_free(plan->coins);
	memory_free(plan->lines);
	memory_free(plan->overdue);
}

/* ---- what is said ---- */

static const char *way_name(enum exit_way way)
{
	switch (way) {
	case EXIT_WAY_STANDARD:
		return "standard";
	case EXIT_WAY_IN_FLIGHT:
		return "in_flight";
	case EXIT_WAY_IMPOSSIBLE:
		return "impossible";
	case EXIT_WAY_NONE:
		break;
	}
	return "leaving";
}

static void say_amount(char text[AMOUNT_TEXT_SIZE],
		       const struct network *network, const struct token *token,
		       struct amount amount)
{
	const struct network_token *found = network_token_find(network, token);

	if (token_is_eth(token))
		amount_format(text, amount, "ETH", 18);
	else if (found != NULL)
		amount_format(text, amount, found->symbol, found->decimals);
	else
		amount_format(text, amount, "units", 0);
}

static void say_wei(char text[AMOUNT_TEXT_SIZE], struct amount wei)
{
	amount_format(text, wei, "ETH", 18);
}

static void print_line(const struct network *network,
		       const struct own_coin *coin,
		       const struct mass_exit_line *line)
{
	char position[POSITION_TEXT_SIZE];
	char amount[AMOUNT_TEXT_SIZE];
	char gas[AMOUNT_TEXT_SIZE];
	char bonds[AMOUNT_TEXT_SIZE];
	char pays_at[INSTANT_TEXT_SIZE];

	position_format(position, coin->position);
	say_amount(amount, network, &coin->output.token, coin->output.amount);
	printf("%s  %s  %s: %s%s\n", position, amount,
	       way_name(line->decision.way),
	       mass_exit_reason_text(line->decision.reason),
	       line->is_stranded ? "; stranded: its exit costs more than it"
				 : "");
	if (line->gas == 0)
		return;
	say_wei(gas, line->gas_now_wei);
	say_wei(bonds, line->bonds_wei);
	instant_format(pays_at, line->pays_at);
	printf("    gas %s, bonds %s, pays at %s\n", gas, bonds, pays_at);
}

/* What can no longer be saved, or not for sure. */
static void print_overdue(const struct plan *plan)
{
	for (size_t i = 0; i < plan->overdue_count; i++) {
		struct growing_buffer text;

		growing_buffer_init(&text, OVERDUE_CEILING);
		overdue_say(&text, &plan->overdue[i]);
		puts(growing_buffer_string(&text));
		growing_buffer_clear(&text);
	}
}

/* Whose coins may be signed away without our knowing. */
static void print_unknown(const struct reading *reading)
{
	char account[ADDRESS_TEXT_SIZE];
	struct error why;

	for (size_t i = 0; i < reading->facts.owner_count; i++) {
		if (wallet_loop_look_at_table(&reading->owners[i],
					      reading->network,
					      reading->database, &why))
			continue;
		address_format(account, &reading->owners[i].address);
		printf("%s may have signed away what is planned as a standard "
		       "exit: %s\n",
		       account, why.message);
	}
}

static void print_sums(const struct plan *plan, const struct reading *reading)
{
	char now[AMOUNT_TEXT_SIZE];
	char high[AMOUNT_TEXT_SIZE];
	char bonds[AMOUNT_TEXT_SIZE];
	char bounties[AMOUNT_TEXT_SIZE];
	char last[INSTANT_TEXT_SIZE];

	say_wei(now, plan->gas_now_wei);
	say_wei(high, plan->gas_high_wei);
	say_wei(bonds, plan->bonds_wei);
	say_wei(bounties, plan->bounties_wei);
	instant_format(last, plan->start_last);
	printf("%zu coins, %zu leave, %zu stranded, %zu cannot\n", plan->count,
	       plan->leaving, plan->stranded, plan->impossible);
	printf("gas %s now, %s at a high price\n", now, high);
	printf("bonds %s (come back), bounties %s (cost)\n", bonds, bounties);
	printf("%s: every exit has to be started by %s\n",
	       reading->facts.latch.latched ? "the chain is halted"
					    : "if the operator vanished now",
	       last);
	printf("exitability %llu.%02llu: %llu outputs of the chain\n",
	       (unsigned long long)(plan->index / 100),
	       (unsigned long long)(plan->index % 100),
	       (unsigned long long)plan->chain_outputs);
	print_overdue(plan);
	print_unknown(reading);
}

/* ---- JSON ---- */

static void set_text(json_t *object, const char *key, const char *text)
{
	(void)json_object_set_new(object, key,
				  json_string(text)); /* our own text */
}

static void set_amount(json_t *object, const char *key, struct amount amount)
{
	char text[AMOUNT_DECIMAL_SIZE];

	(void)amount_to_decimal(text, amount);
	set_text(object, key, text);
}

static void set_number(json_t *object, const char *key, uint64_t number)
{
	json_int_t value = number > INT64_MAX ? INT64_MAX : (json_int_t)number;

	(void)json_object_set_new(object, key,
				  json_integer(value)); /* it is an object */
}

static void set_instant(json_t *object, const char *key, uint64_t seconds)
{
	char text[INSTANT_TEXT_SIZE];
	char unix_key[64];

	instant_format(text, seconds);
	set_text(object, key, text);
	(void)snprintf(unix_key, sizeof(unix_key), "%s_unix",
		       key); /* it fits */
	set_number(object, unix_key, seconds);
}

static json_t *line_json(const struct own_coin *coin,
			 const struct mass_exit_line *line)
{
	json_t *row = json_object();
	char position[POSITION_TEXT_SIZE];
	char address[ADDRESS_TEXT_SIZE];

	position_format(position, coin->position);
	set_text(row, "position", position);
	address_format(address, &coin->output.owner);
	set_text(row, "owner", address);
	address_format(address, &coin->output.token.address);
	set_text(row, "token", address);
	set_amount(row, "amount", coin->output.amount);
	set_text(row, "exit", way_name(line->decision.way));
	set_text(row, "why", mass_exit_reason_text(line->decision.reason));
	(void)json_object_set_new(row, "stranded",
				  json_boolean(line->is_stranded)); /* too */
	set_number(row, "gas", line->gas);
	set_amount(row, "gas_now_wei", line->gas_now_wei);
	set_amount(row, "gas_high_wei", line->gas_high_wei);
	set_amount(row, "bonds_wei", line->bonds_wei);
	set_amount(row, "bounties_wei", line->bounties_wei);
	if (line->gas > 0) {
		set_instant(row, "pays_at", line->pays_at);
		set_instant(row, "start_last", line->start_last);
	}
	return row;
}

static json_t *overdue_rows(const struct plan *plan)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < plan->overdue_count; i++) {
		struct growing_buffer text;

		growing_buffer_init(&text, OVERDUE_CEILING);
		overdue_json(&text, &plan->overdue[i]);
		(void)json_array_append_new(
			rows, json_loads(growing_buffer_string(&text), 0,
					 NULL)); /* an array, and our JSON */
		growing_buffer_clear(&text);
	}
	return rows;
}

static json_t *unknown_rows(const struct reading *reading)
{
	json_t *rows = json_array();
	char account[ADDRESS_TEXT_SIZE];
	struct error why;

	for (size_t i = 0; i < reading->facts.owner_count; i++) {
		json_t *row;

		if (wallet_loop_look_at_table(&reading->owners[i],
					      reading->network,
					      reading->database, &why))
			continue;
		address_format(account, &reading->owners[i].address);
		row = json_object();
		set_text(row, "owner", account);
		set_text(row, "why", why.message);
		(void)json_array_append_new(rows, row); /* an array */
	}
	return rows;
}

static void print_json(const struct plan *plan, const struct reading *reading)
{
	json_t *object = json_object();
	json_t *rows = json_array();

	set_text(object, "schema", "plasma.plan/1");
	for (size_t i = 0; i < plan->count; i++)
		(void)json_array_append_new(
			rows, line_json(&plan->coins[i],
					&plan->lines[i])); /* an array */
	(void)json_object_set_new(object, "exits", rows);  /* an object */
	(void)json_object_set_new(object, "missed",
				  overdue_rows(plan)); /* too */
	(void)json_object_set_new(object, "signed_spends_unknown",
				  unknown_rows(reading)); /* too */
	(void)json_object_set_new(
		object, "halted",
		json_boolean(reading->facts.latch.latched)); /* too */
	set_number(object, "leaving", plan->leaving);
	set_number(object, "stranded", plan->stranded);
	set_number(object, "impossible", plan->impossible);
	set_amount(object, "gas_price_now_wei", plan->prices.gas_now_wei);
	set_amount(object, "gas_price_high_wei", plan->prices.gas_high_wei);
	set_amount(object, "gas_now_wei", plan->gas_now_wei);
	set_amount(object, "gas_high_wei", plan->gas_high_wei);
	set_amount(object, "bonds_wei", plan->bonds_wei);
	set_amount(object, "bounties_wei", plan->bounties_wei);
	set_instant(object, "start_last", plan->start_last);
	set_number(object, "chain_outputs", plan->chain_outputs);
	set_number(object, "exitability_percent", plan->index);
	json_print(object);
}

bool cmd_plan(const struct command *command, struct error *error)
{
	struct reading reading;
	struct plan plan = { .count = 0 };

	bool ok = cmd_reading_open(&reading, command, error) &&
		  make(&plan, &reading, error);
	if (ok && command->is_json) {
		print_json(&plan, &reading);
	} else if (ok) {
		for (size_t i = 0; i < plan.count; i++)
			print_line(reading.network, &plan.coins[i],
				   &plan.lines[i]);
		print_sums(&plan, &reading);
	}
	clear(&plan);
	cmd_reading_close(&reading);
	return ok;
}

/* ---- guide ---- */

static const char *what_can_go_wrong(enum exit_way way)
{
	switch (way) {
	case EXIT_WAY_STANDARD:
		return "If a payment of this coin with your signature appears, "
		       "the exit is challenged and its bond is lost.";
	case EXIT_WAY_IN_FLIGHT:
		return "If another payment of this coin with your signature "
		       "appears, the exit pays nobody or the other one; its "
		       "bond goes to whoever shows it. Piggyback both sides.";
	case EXIT_WAY_IMPOSSIBLE:
	case EXIT_WAY_NONE:
		break;
	}
	return "Nothing is to be done for it.";
}

static void print_guide(const struct reading *reading,
			const struct own_coin *coin,
			const struct mass_exit_line *line)
{
	char position[POSITION_TEXT_SIZE];
	char pays_at[INSTANT_TEXT_SIZE];
	char last[INSTANT_TEXT_SIZE];

	print_line(reading->network, coin, line);
	puts(what_can_go_wrong(line->decision.way));
	if (line->gas == 0)
		return;
	position_format(position, coin->position);
	instant_format(pays_at, line->pays_at);
	instant_format(last, line->start_last);
	printf("Start it by %s. It can be processed after %s; then "
	       "anybody may process the queue, and this watcher does.\n",
	       last, pays_at);
	printf("Command: plasma-watcher exit %s\n"
	       "Call data, ready to be signed elsewhere: plasma-watcher exit "
	       "%s --act=print\n\n",
	       position, position);
}

bool cmd_guide(const struct command *command, struct error *error)
{
	struct reading reading;
	struct plan plan = { .count = 0 };

	bool ok = cmd_reading_open(&reading, command, error) &&
		  make(&plan, &reading, error);
	if (ok && command->is_json) {
		print_json(&plan, &reading);
	} else if (ok) {
		puts(reading.facts.latch.latched
			     ? "The chain is halted: leave."
			     : "The chain is well. You may leave at any time; "
			       "this is how.");
		for (size_t i = 0; i < plan.count; i++)
			print_guide(&reading, &plan.coins[i], &plan.lines[i]);
		print_sums(&plan, &reading);
	}
	clear(&plan);
	cmd_reading_close(&reading);
	return ok;
}
