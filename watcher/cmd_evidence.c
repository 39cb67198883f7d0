/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/keys/address.h"
#include "common/service/atomic_file.h"
#include "common/service/clock.h"
#include "common/service/coin_evidence_file.h"
#include "common/service/evidence_json.h"
#include "common/service/incident_evidence_file.h"
#include "common/service/json_print.h"
#include "common/service/root_chain_rpc.h"
#include "common/service/strict_json.h"
#include "watcher/cmd.h"
#include "watcher/cmd_reading.h"
#include "watcher/evidence_store.h"

#define PATH_SIZE 512
#define PAGE_COINS 256
#define RPC_CEILING ((size_t)1 << 20)

/* ---- export ---- */

struct export
{
	struct reading *reading;
	struct evidence_sources sources;
	const char *out; /* a folder, or a file for one coin; NULL: here */
	struct evidence_code codes[NETWORK_MAX_CODE_HASHES];
	struct arena arena;
	size_t written;
	bool is_json;
};

/* DIR/coin-POSITION.json, or the file that is named. */
static void choose_path(char path[PATH_SIZE], const char *out,
			struct position position)
{
	char text[POSITION_TEXT_SIZE];
	struct stat state;

	position_format(text, position);
	if (out == NULL)
		(void)snprintf(path, PATH_SIZE, "coin-%s.json",
			       text); /* it fits */
	else if (stat(out, &state) == 0 && S_ISDIR(state.st_mode))
		(void)snprintf(path, PATH_SIZE, "%s/coin-%s.json", out,
			       text); /* a path that is cut does not open */
	else
		(void)snprintf(path, PATH_SIZE, "%s", out); /* too */
}

static bool write_coin(struct export *export,
		       const struct coin_evidence *evidence,
		       struct error *error)
{
	enum coin_evidence_verdict verdict =
		coin_evidence_judge(evidence, &export->arena);
	struct growing_buffer text;
	char path[PATH_SIZE];

	if (verdict != COIN_EVIDENCE_VALID)
		return error_set(error, ERROR_IO,
				 "what is stored of a coin proves nothing: %s",
				 coin_evidence_verdict_code(verdict));
	choose_path(path, export->out, evidence->position);
	growing_buffer_init(&text, COIN_EVIDENCE_MAX_LEN);
	coin_evidence_write(&text, evidence);
	bool ok = atomic_file_write_path(path, growing_buffer_view(&text), 0600,
					 error);
	growing_buffer_clear(&text);
	if (!ok)
		return false;
	export->written++;
	if (!export->is_json)
		printf("%s%s\n", path,
		       evidence->has_anchor
			       ? ""
			       : " (without the place of the root)");
	return true;
}

static bool export_coin(struct export *export, const struct watched_coin *coin,
			struct error *error)
{
	struct reading *reading = export->reading;
	char position[POSITION_TEXT_SIZE];
	struct coin_evidence evidence;
	bool found;

	memset(&evidence, 0, sizeof(evidence));
	evidence.made_at = clock_wall();
	evidence_json_network_of(&evidence.network, export->codes,
				 reading->network);
	if (!evidence_store_coin(&export->sources, &found, &evidence,
				 &export->arena, coin, error))
		return false;
	if (!found) {
		position_format(position, coin->position);
		fprintf(stderr,
			"plasma-watcher: coin %s is left out: the bytes of its "
			"deposit are not known, only its owner can prove it\n",
			position);
		return true;
	}
	if (evidence.exit_call_data.len > 0)
		evidence.exit_value_wei =
			reading->facts.state.standard_exit_bond_wei;
	bool ok = write_coin(export, &evidence, error);
	arena_reset(&export->arena);
	return ok;
}

static bool export_owner(struct export *export, const struct address *owner,
			 struct error *error)
{
	struct watched_coin *coins = memory_new(PAGE_COINS, sizeof(*coins));
	struct position from = { 0 };
	size_t count = PAGE_COINS;
	bool ok = true;

	while (ok && count == PAGE_COINS) {
		ok = watcher_store_own_coins(export->reading->database, coins,
					     &count, PAGE_COINS, owner, from,
					     true, error);
		for (size_t i = 0; ok && i < count; i++)
			ok = export_coin(export, &coins[i], error);
		if (ok && count > 0) {
			from = coins[count - 1].position;
			from.packed++;
		}
	}
	memory_free(coins);
	return ok;
}

static bool export_position(struct export *export, const char *text,
			    struct error *error)
{
	struct watched_coin coin;
	struct position position;
	struct u256 number;
	bool found;

	if (!u256_from_decimal(&number, text, strlen(text)) ||
	    !position_from_u256(&position, number))
		return error_set(error, ERROR_USAGE, "%.80s: not a position",
				 text);
	if (!watcher_store_coin(export->reading->database, &found, &coin,
				position, error))
		return false;
	return found ? export_coin(export, &coin, error)
		     : error_set(error, ERROR_NO_INPUT,
				 "no verified block has made coin %.80s", text);
}

static bool export_coins(struct export *export, const struct options *options,
			 struct error *error)
{
	const struct pass_facts *facts = &export->reading->facts;
	bool ok = true;

	if (options->argument_count == 0 && facts->owner_count == 0)
		return error_set(error, ERROR_USAGE,
				 "whose coins? give POSITION or --owner");
	for (size_t i = 0; ok && i < options->argument_count; i++)
		ok = export_position(export, options->arguments[i], error);
	for (size_t i = 0;
	     ok && options->argument_count == 0 && i < facts->owner_count; i++)
		ok = export_owner(export, &facts->owners[i].address, error);
	return ok;
}

static bool run_export(const struct command *command, struct error *error)
{
	const struct options *options = command->options;
	struct export *export = memory_new(1, sizeof(*export));
	struct reading reading;

	export->reading = &reading;
	export->out = options_value(options, "out");
	export->is_json = command->is_json;
	arena_init(&export->arena, EVIDENCE_STORE_ARENA);
	bool ok = cmd_reading_open(&reading, command, error);
	if (ok) {
		export->sources = (struct evidence_sources){ reading.snapshot,
							     reading.database,
							     reading.bodies };
		ok = export_coins(export, options, error);
	}
	if (ok && export->is_json)
		printf("{\"schema\":\"plasma.evidence-export/1\",\"files\":%zu}"
		       "\n",
		       export->written);
	cmd_reading_close(&reading);
	arena_clear(&export->arena);
	memory_free(export);
	return ok;
}

/* ---- verify ---- */

/* The eth_blocks that a file rests on. */
struct footing {
	struct {
		uint64_t number;
		struct hash hash;
		bool is_confirmed;
	} * of;
	size_t count;
};

static void rest_on(struct footing *footing, uint64_t number,
		    const struct hash *hash)
{
	for (size_t i = 0; i < footing->count; i++) {
		if (hash_equal(&footing->of[i].hash, hash))
			return;
	}
	footing->of = memory_resize(footing->of, footing->count + 1,
				    sizeof(*footing->of));
	footing->of[footing->count].number = number;
	footing->of[footing->count].hash = *hash;
	footing->of[footing->count++].is_confirmed = false;
}

/* Each hash that is trusted has to be one that the file rests on. */
static bool trust(struct footing *footing, const struct options *options,
		  struct error *error)
{
	const char *text;

	for (size_t at = 0;
	     (text = options_value_at(options, "trust", at)) != NULL; at++) {
		struct hash trusted;
		bool found = false;

		if (!hex_decode(trusted.bytes, 32, text, strlen(text)))
			return error_set(error, ERROR_USAGE,
					 "--trust: not 32 bytes of hex");
		for (size_t i = 0; i < footing->count; i++) {
			if (!hash_equal(&footing->of[i].hash, &trusted))
				continue;
			footing->of[i].is_confirmed = true;
			found = true;
		}
		if (!found)
			return error_set(error, ERROR_REFUSED,
					 "the file does not rest on eth_block "
					 "%s",
					 text);
	}
	return true;
}

static bool ask_node(struct footing *footing, const struct config *config,
		     struct error *error)
{
	const char *url = config_text(config, "root_chain", "rpc");

	if (url == NULL)
		return true;
	struct root_chain_rpc *rpc =
		root_chain_rpc_new(url, HTTP_LIMITS_USUAL, RPC_CEILING);
	bool ok = true;
	for (size_t i = 0; ok && i < footing->count; i++) {
		struct hash hash;
		bool found;

		ok = root_chain_rpc_block_hash(rpc, &found, &hash,
					       footing->of[i].number, error);
		if (ok && !(found && hash_equal(&hash, &footing->of[i].hash)))
			ok = error_set(
				error, ERROR_REFUSED,
				"%s has another eth_block %llu than the "
				"file rests on",
				root_chain_rpc_name(rpc),
				(unsigned long long)footing->of[i].number);
		footing->of[i].is_confirmed = ok;
	}
	root_chain_rpc_free(rpc);
	return ok;
}

static bool confirm(struct footing *footing, const struct command *command,
		    struct error *error)
{
	return trust(footing, command->options, error) &&
	       ask_node(footing, command->config, error);
}

/* A file about another chain than the one that is configured convinces nobody;
 * without a network file it is only said which one it is about. */
static bool check_network(const struct evidence_network *said,
			  const struct command *command, struct error *error)
{
	const char *path = config_text(command->config, "watcher", "network");
	struct network *network = NULL;

	if (path == NULL)
		return true;
	bool ok = network_read_new(&network, path, error);
	if (ok && !(said->chain_id == network->chain_id &&
		    said->min_exit_period == network->min_exit_period &&
		    address_equal(&said->plasma_framework,
				  &network->plasma_framework) &&
		    address_equal(&said->eth_vault, &network->eth_vault) &&
		    address_equal(&said->erc20_vault, &network->erc20_vault) &&
		    address_equal(&said->payment_exit_game,
				  &network->payment_exit_game)))
		ok = error_set(error, ERROR_REFUSED,
			       "the file is about another network than %s",
			       path);
	network_free(network);
	return ok;
}

static json_t *footing_json_new(const struct footing *footing)
{
	json_t *list = json_array();

	for (size_t i = 0; i < footing->count; i++) {
		json_t *one = json_object();

		evidence_json_set(
			one, "number",
			evidence_json_number_new(footing->of[i].number));
		evidence_json_set(one, "hash",
				  evidence_json_hash_new(&footing->of[i].hash));
		evidence_json_set(one, "confirmed",
				  json_boolean(footing->of[i].is_confirmed));
		(void)json_array_append_new(list, one); /* memory */
	}
	return list;
}

static void print_footing(const struct footing *footing)
{
	char hash[HEX_SIZE(32)];

	for (size_t i = 0; i < footing->count; i++) {
		hex_encode(hash, bytes_view(footing->of[i].hash.bytes, 32));
		printf("rests on eth_block %llu with hash %s%s\n",
		       (unsigned long long)footing->of[i].number, hash,
		       footing->of[i].is_confirmed ? ", which it has" : "");
	}
}

static void print_network(const struct evidence_network *network)
{
	char framework[ADDRESS_TEXT_SIZE];

	address_format(framework, &network->plasma_framework);
	printf("about chain %llu, framework %s\n",
	       (unsigned long long)network->chain_id, framework);
}

static json_t *verification_new(const char *kind, const char *verdict,
				const struct footing *footing)
{
	json_t *object = json_object();

	evidence_json_set(object, "schema",
			  json_string("plasma.verification/1"));
	evidence_json_set(object, "kind", json_string(kind));
	evidence_json_set(object, "verdict", json_string(verdict));
	evidence_json_set(object, "rests_on", footing_json_new(footing));
	return object;
}

static void say_coin(const struct coin_evidence *evidence,
		     const struct footing *footing, bool is_json)
{
	char position[POSITION_TEXT_SIZE];
	char owner[ADDRESS_TEXT_SIZE];
	char token[ADDRESS_TEXT_SIZE];
	char amount[AMOUNT_DECIMAL_SIZE];

	position_format(position, evidence->position);
	address_format(owner, &evidence->output.owner);
	address_format(token, &evidence->output.token.address);
	(void)amount_to_decimal(amount, evidence->output.amount);
	if (is_json) {
		json_t *object = verification_new("coin", "valid", footing);

		evidence_json_set(object, "position", json_string(position));
		evidence_json_set(object, "owner", json_string(owner));
		evidence_json_set(object, "token", json_string(token));
		evidence_json_set(object, "amount", json_string(amount));
		json_print(object);
		return;
	}
	printf("valid: coin %s was made for %s: %s units of %s\n", position,
	       owner, amount, token);
	print_network(&evidence->network);
	if (!evidence->has_anchor)
		puts("on trust: the root of its block, which the file does not "
		     "show on the root chain");
	print_footing(footing);
}

static bool verify_coin(const struct command *command, struct arena *arena,
			json_t *object, struct error *error)
{
	struct footing footing = { NULL, 0 };
	struct coin_evidence evidence;

	if (!coin_evidence_from_json(&evidence, arena, object, error))
		return false;
	enum coin_evidence_verdict verdict =
		coin_evidence_judge(&evidence, arena);
	if (verdict != COIN_EVIDENCE_VALID)
		return error_set(error, ERROR_REFUSED, "not valid: %s",
				 coin_evidence_verdict_code(verdict));
	if (evidence.has_anchor)
		rest_on(&footing, evidence.anchor.eth_block_number,
			&evidence.anchor.eth_block_hash);
	bool ok = check_network(&evidence.network, command, error) &&
		  confirm(&footing, command, error);
	if (ok)
		say_coin(&evidence, &footing, command->is_json);
	memory_free(footing.of);
	return ok;
}

/* ---- incidents ---- */

static void rest_on_incident(struct footing *footing,
			     const struct incident_evidence *evidence)
{
	for (size_t i = 0; i < evidence->log_count; i++)
		rest_on(footing, evidence->logs[i].eth_block_number,
			&evidence->logs[i].eth_block_hash);
	if (evidence->seen_header.len > 0)
		rest_on(footing, evidence->seen_number, &evidence->seen_hash);
}

static json_t *trusts_json_new(unsigned int trusts)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < INCIDENT_TRUST_COUNT; i++) {
		if ((trusts & (1u << i)) != 0)
			(void)json_array_append_new(
				list, json_string(incident_trust_text(
					      (enum incident_trust)(1u << i))));
	}
	return list;
}

static void say_incident(const struct incident_evidence *evidence,
			 const struct incident_judgement *judgement,
			 const struct footing *footing, bool is_json)
{
	const char *verdict = incident_verdict_code(judgement->verdict);
	const char *rule = evidence->rule == VERDICT_VALID
				   ? NULL
				   : verdict_code(evidence->rule);

	if (is_json) {
		json_t *object = verification_new("incident", verdict, footing);

		evidence_json_set(object, "event",
				  json_string(evidence->event));
		evidence_json_set(object, "key", json_string(evidence->key));
		evidence_json_set(object, "rule",
				  rule == NULL ? json_null()
					       : json_string(rule));
		evidence_json_set(object, "on_trust",
				  trusts_json_new(judgement->trusts));
		json_print(object);
		return;
	}
	printf("%s: %s %s%s%s\n", verdict, evidence->event, evidence->key,
	       rule == NULL ? "" : ", rule ", rule == NULL ? "" : rule);
	print_network(&evidence->network);
	for (unsigned int i = 0; i < INCIDENT_TRUST_COUNT; i++) {
		if ((judgement->trusts & (1u << i)) != 0)
			printf("on trust: %s\n",
			       incident_trust_text(
				       (enum incident_trust)(1u << i)));
	}
	print_footing(footing);
}

/* What is broken, where and why. */
static bool refuse_incident(const struct incident_judgement *judgement,
			    struct error *error)
{
	const char *verdict = incident_verdict_code(judgement->verdict);

	if (judgement->verdict == INCIDENT_NOT_PROVED)
		return error_set(error, ERROR_REFUSED,
				 "not valid: %s: the parts are sound, but the "
				 "event does not follow from them",
				 verdict);
	return error_set(error, ERROR_REFUSED, "not valid: \"%s\" %zu: %s",
			 judgement->where, judgement->index, verdict);
}

static bool verify_incident(const struct command *command, struct arena *arena,
			    json_t *object, struct error *error)
{
	struct footing footing = { NULL, 0 };
	struct incident_evidence evidence;

	if (!incident_evidence_from_json(&evidence, arena, object, error))
		return false;
	struct incident_judgement judgement =
		incident_evidence_judge(&evidence, arena);
	if (judgement.verdict != INCIDENT_PROVED &&
	    judgement.verdict != INCIDENT_STATED)
		return refuse_incident(&judgement, error);
	rest_on_incident(&footing, &evidence);
	bool ok = check_network(&evidence.network, command, error) &&
		  confirm(&footing, command, error);
	if (ok)
		say_incident(&evidence, &judgement, &footing, command->is_json);
	memory_free(footing.of);
	return ok;
}

static bool is_incident(const json_t *object)
{
	const char *kind = json_string_value(json_object_get(object, "kind"));

	return kind != NULL && strcmp(kind, "incident") == 0;
}

static bool verify_text(const struct command *command, struct bytes text,
			struct error *error)
{
	struct arena arena;
	json_t *object = strict_json_parse_new(text, error);

	if (object == NULL)
		return false;
	arena_init(&arena, EVIDENCE_STORE_ARENA);
	bool ok = is_incident(object)
			  ? verify_incident(command, &arena, object, error)
			  : verify_coin(command, &arena, object, error);
	arena_clear(&arena);
	json_decref(object);
	return ok;
}

static bool run_verify(const struct command *command, struct error *error)
{
	const struct options *options = command->options;
	struct growing_buffer text;

	if (options->argument_count != 1)
		return error_set(error, ERROR_USAGE,
				 "evidence verify: which FILE?");
	const char *path = options->arguments[0];
	growing_buffer_init(&text, INCIDENT_EVIDENCE_MAX_LEN);
	bool ok = atomic_file_read(&text, path, error);
	if (ok && !verify_text(command, growing_buffer_view(&text), error))
		ok = error_wrap(error, "%.200s", path);
	growing_buffer_clear(&text);
	return ok;
}

bool cmd_evidence(const struct command *command, struct error *error)
{
	return options_is(command->options, "evidence verify")
		       ? run_verify(command, error)
		       : run_export(command, error);
}
