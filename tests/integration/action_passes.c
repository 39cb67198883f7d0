/* SPDX-License-Identifier: MIT */

/*
 * The sender of actions in a process of its own, for tests that kill it: the
 * settings are its argument, then each line of stdin is a command and each
 * line of stdout its answer, all JSON.
 *
 *	{"want":{"kind":"add_exit_queue","contract":…,"token":…,"data":…,…}}
 *	{"pass":{"lag":2}}		finalized = head - lag
 *	{"list":true}			all actions with their transactions
 *
 * Goals are read from the root chain: queues exist, a vault has so much ether,
 * the account has a standard exit.
 */

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/actions/action_sender.h"
#include "common/actions/action_store.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/ethereum/contract_calls.h"
#include "common/keys/secret.h"
#include "common/service/log.h"
#include "common/service/strict_json.h"
#include "sql/actions_sql.h"

#define LINE_SIZE 65536
#define VIEW_CEILING 65536

struct program {
	struct database *database;
	struct root_chain_rpc *rpc;
	struct action_sender *sender;
	struct secret secret;
	struct signer signer;
};

static void stop(const struct error *error)
{
	fprintf(stderr, "action_passes: %s\n", error->message);
	exit((int)error->code);
}

static void must(bool ok, const struct error *error)
{
	if (!ok)
		stop(error);
}

static struct u256 number_of(const json_t *object, const char *key,
			     uint64_t otherwise)
{
	const char *text = json_string_value(json_object_get(object, key));
	struct u256 number = u256_of(otherwise);

	if (text != NULL) {
		bool good = u256_from_decimal(&number, text, strlen(text));
		assert(good);
	}
	return number;
}

static uint64_t small_of(const json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	return value == NULL ? 0 : (uint64_t)json_integer_value(value);
}

static struct address address_of(const json_t *object, const char *key)
{
	struct address address = { { 0 } };
	const char *text = json_string_value(json_object_get(object, key));

	if (text != NULL) {
		bool good = hex_decode(address.bytes, 20, text, strlen(text));
		assert(good);
	}
	return address;
}

/* ---- goals ---- */

static void view(struct program *program, struct growing_buffer *returned,
		 const struct address *contract, struct growing_buffer *call)
{
	struct error error;

	growing_buffer_reset(returned);
	must(root_chain_rpc_view(program->rpc, returned, contract,
				 growing_buffer_view(call), &error),
	     &error);
}

static bool has_queue(struct program *program, const struct action *action)
{
	struct growing_buffer call;
	struct growing_buffer returned;
	struct token token;
	bool has = false;

	memcpy(token.address.bytes, action->key.exit_id.bytes + 1, 20);
	growing_buffer_init(&call, VIEW_CEILING);
	growing_buffer_init(&returned, VIEW_CEILING);
	contract_call_has_exit_queue(&call, (uint8_t)action->key.index, &token);
	view(program, &returned, &action->key.contract, &call);
	bool good = contract_return_bool(&has, growing_buffer_view(&returned));
	assert(good);
	growing_buffer_clear(&call);
	growing_buffer_clear(&returned);
	return has;
}

/* The detail says how much ether the vault has to have. */
static bool has_ether(struct program *program, const struct action *action)
{
	struct u256 balance;
	struct error error;

	must(root_chain_rpc_balance(program->rpc, &balance,
				    &action->key.contract, &error),
	     &error);
	return u256_compare(balance, u256_from_be(action->detail.bytes)) >= 0;
}

static bool has_exit(struct program *program, const struct action *action)
{
	struct contract_standard_exit record = { 0 };
	struct growing_buffer call;
	struct growing_buffer returned;

	growing_buffer_init(&call, VIEW_CEILING);
	growing_buffer_init(&returned, VIEW_CEILING);
	contract_call_standard_exits(&call, &action->key.exit_id, 1);
	view(program, &returned, &action->key.contract, &call);
	bool good = contract_return_standard_exits(
		&record, 1, growing_buffer_view(&returned));
	assert(good);
	growing_buffer_clear(&call);
	growing_buffer_clear(&returned);
	return !u256_is_zero(record.position);
}

static enum action_goal judge(void *context, const struct action *action)
{
	struct program *program = context;
	bool reached = false;

	if (action->key.kind == ACTION_ADD_EXIT_QUEUE)
		reached = has_queue(program, action);
	else if (action->key.kind == ACTION_DEPOSIT)
		reached = has_ether(program, action);
	else if (action->key.kind == ACTION_START_STANDARD_EXIT)
		reached = has_exit(program, action);
	return reached ? ACTION_GOAL_REACHED : ACTION_GOAL_OPEN;
}

/* The bond of standard exits as it is now. */
static bool refresh(void *context, struct u256 *value_wei,
		    const struct action *action, struct error *error)
{
	struct program *program = context;
	struct growing_buffer call;
	struct growing_buffer returned;

	(void)error;
	if (action->key.kind != ACTION_START_STANDARD_EXIT)
		return true;
	growing_buffer_init(&call, VIEW_CEILING);
	growing_buffer_init(&returned, VIEW_CEILING);
	contract_call_view(&call, CONTRACT_VIEW_STANDARD_EXIT_BOND);
	view(program, &returned, &action->key.contract, &call);
	bool good =
		contract_return_u256(value_wei, growing_buffer_view(&returned));
	assert(good);
	growing_buffer_clear(&call);
	growing_buffer_clear(&returned);
	return true;
}

/* ---- commands ---- */

static enum action_kind kind_of(const json_t *wish)
{
	const char *name = json_string_value(json_object_get(wish, "kind"));

	for (int kind = ACTION_START_STANDARD_EXIT; kind <= ACTION_APPROVE;
	     kind++)
		if (strcmp(action_kind_name((enum action_kind)kind), name) == 0)
			return (enum action_kind)kind;
	assert(false);
	return ACTION_APPROVE;
}

static void fill_key(struct action_key *key, const json_t *wish)
{
	const char *exit = json_string_value(json_object_get(wish, "exit"));
	struct token token = { address_of(wish, "token") };

	key->kind = kind_of(wish);
	key->contract = address_of(wish, "contract");
	key->index = small_of(wish, "index");
	key->exit_id = action_subject_of_token(&token);
	if (exit != NULL) {
		bool good =
			hex_decode(key->exit_id.bytes, 21, exit, strlen(exit));
		assert(good);
	}
}

static json_t *want(struct program *program, const json_t *wish)
{
	static const char *const results[] = { "new", "joined", "reopened" };
	enum action_join_result result;
	struct root_chain_head head;
	struct growing_buffer data;
	struct error error;
	struct action action = {
		.account = program->signer.address,
		.value_wei = number_of(wish, "value", 0),
		.window = { { small_of(wish, "earliest") },
			    { 0 },
			    { small_of(wish, "last") } },
		.value_at_risk_wei = number_of(wish, "risk", UINT64_MAX),
		.fee_cap_wei = number_of(wish, "cap", UINT64_MAX),
		.print_only = json_is_true(json_object_get(wish, "print")),
	};

	if (json_object_get(wish, "account") != NULL)
		action.account = address_of(wish, "account");
	fill_key(&action.key, wish);
	u256_to_be(action.detail.bytes, number_of(wish, "goal", 0));
	growing_buffer_init(&data, LINE_SIZE);
	must(strict_json_data(&data, json_object_get(wish, "data"), &error),
	     &error);
	action.call_data = growing_buffer_view(&data);
	must(root_chain_rpc_head(program->rpc, &head, &error) &&
		     database_begin(program->database, &error),
	     &error);
	must(action_store_want(program->database, NULL, &result, &action,
			       head.time, &error),
	     &error);
	must(database_commit(program->database, &error), &error);
	growing_buffer_clear(&data);
	return json_string(results[result]);
}

static json_t *pass(struct program *program, const json_t *options)
{
	uint64_t lag = small_of(options, "lag");
	struct root_chain_head head;
	struct action_moment moment;
	struct action_pass pass;
	struct error error;

	must(root_chain_rpc_head(program->rpc, &head, &error), &error);
	moment = (struct action_moment){ .now = head.time,
					 .head = head.number,
					 .finalized = instant_since(head.number,
								    lag) };
	if (json_is_true(json_object_get(options, "verified")))
		moment.base_fee_wei = number_of(options, "base_fee", 0);
	if (!action_sender_pass(program->sender, &pass, &moment, &error))
		return json_pack("{s:s}", "error", error.message);
	return json_pack(
		"{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "open",
		(json_int_t)pass.open, "to_print", (json_int_t)pass.to_print,
		"troubled", (json_int_t)pass.troubled, "unfunded",
		(json_int_t)pass.unfunded, "keyless", (json_int_t)pass.keyless,
		"limited", (json_int_t)pass.limited, "newly_done",
		(json_int_t)pass.newly_done, "newly_missed",
		(json_int_t)pass.newly_missed);
}

static json_t *decimal(struct u256 number)
{
	char text[U256_DECIMAL_SIZE];

	u256_to_decimal(text, number);
	return json_string(text);
}

static json_t *list_transactions(struct program *program,
				 const struct action *action)
{
	struct action_transaction_list list;
	json_t *array = json_array();
	struct error error;

	must(action_store_transactions(program->database, &list,
				       &action->account, action->progress.nonce,
				       &error),
	     &error);
	for (size_t i = 0; i < list.count; i++) {
		const struct action_transaction *one = &list.transactions[i];
		char hash[HEX_SIZE(32)];

		hex_encode(hash, bytes_view(one->hash.bytes, 32));
		json_array_append_new(
			array,
			json_pack("{s:s,s:I,s:o,s:o,s:o,s:I,s:b}", "hash", hash,
				  "attempt", (json_int_t)one->attempt, "fee",
				  decimal(one->offer.max_fee_wei), "tip",
				  decimal(one->offer.max_priority_fee_wei),
				  "value", decimal(one->value_wei), "gas",
				  (json_int_t)one->gas_limit, "cancels",
				  one->purpose == ACTION_PURPOSE_CANCEL));
	}
	action_transaction_list_clear(&list);
	return array;
}

static json_t *describe(struct program *program, const struct action *action)
{
	const struct action_progress *progress = &action->progress;
	struct growing_buffer text;
	struct error error;
	json_t *object;

	growing_buffer_init(&text, LINE_SIZE);
	must(action_store_trouble(program->database, &text, action->id, &error),
	     &error);
	object = json_pack("{s:I,s:s,s:I,s:b,s:s,s:o}", "id",
			   (json_int_t)action->id, "state",
			   action_state_name(progress->state), "nonce",
			   progress->has_nonce ? (json_int_t)progress->nonce
					       : (json_int_t)-1,
			   "settled", progress->is_settled, "trouble",
			   growing_buffer_string(&text), "spent",
			   decimal(action->spent_wei));
	if (progress->has_nonce)
		json_object_set_new(object, "transactions",
				    list_transactions(program, action));
	growing_buffer_reset(&text);
	action_print(&text, action);
	json_object_set_new(
		object, "print",
		strict_json_parse_new(growing_buffer_view(&text), &error));
	growing_buffer_clear(&text);
	return object;
}

static json_t *list(struct program *program)
{
	struct action_list list;
	json_t *array = json_array();
	struct error error;

	must(action_store_newest(program->database, &list, 1000, &error),
	     &error);
	for (size_t i = list.count; i-- > 0;)
		json_array_append_new(array,
				      describe(program, &list.actions[i]));
	action_list_clear(&list);
	return array;
}

static json_t *execute(struct program *program, const json_t *command)
{
	json_t *wish = json_object_get(command, "want");
	json_t *options = json_object_get(command, "pass");

	if (wish != NULL)
		return want(program, wish);
	if (options != NULL)
		return pass(program, options);
	return list(program);
}

/* ---- the process ---- */

static void start(struct program *program, const json_t *settings)
{
	const char *key = json_string_value(json_object_get(settings, "key"));
	struct error error;

	bool good = hex_decode(program->secret.bytes, 32, key, strlen(key));
	assert(good);
	program->signer = signer_of_secret(&program->secret);
	must(database_open(
		     &program->database,
		     json_string_value(json_object_get(settings, "database")),
		     DATABASE_WRITER, actions_schema, &error),
	     &error);
	program->rpc = root_chain_rpc_new(
		json_string_value(json_object_get(settings, "rpc")),
		HTTP_LIMITS_USUAL, (size_t)1 << 24);
	const struct action_sender_parts parts = {
		.database = program->database,
		.rpc = program->rpc,
		.chain_id = small_of(settings, "chain_id"),
		.signers = &program->signer,
		.signer_count = 1,
		.goal = judge,
		.refresh = refresh,
		.context = program,
		.limits = { number_of(settings, "per_action", UINT64_MAX),
			    number_of(settings, "per_day", UINT64_MAX),
			    number_of(settings, "max_value", UINT64_MAX) },
		.tip_wei = u256_of(1000000000),
		.print_only = json_is_true(json_object_get(settings, "print")),
	};
	program->sender = action_sender_new(&parts);
}

int main(int count, char **arguments)
{
	static char line[LINE_SIZE];
	struct program program = { .database = NULL };
	json_t *settings;

	assert(count == 2);
	settings = json_loads(arguments[1], 0, NULL);
	start(&program, settings);
	json_decref(settings);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		json_t *command = json_loads(line, 0, NULL);
		json_t *answer = execute(&program, command);
		char *text = json_dumps(answer, JSON_COMPACT | JSON_ENCODE_ANY);

		puts(text);
		fflush(stdout);
		free(text); /* jansson made it */
		json_decref(answer);
		json_decref(command);
	}
	action_sender_free(program.sender);
	root_chain_rpc_free(program.rpc);
	database_close(program.database);
	secret_wipe(&program.secret);
	return EXIT_SUCCESS;
}
