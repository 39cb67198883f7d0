/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/service/atomic_file.h"
#include "common/service/clock.h"
#include "common/service/coin_evidence_file.h"
#include "common/service/evidence_json.h"
#include "wallet/cmd.h"
#include "wallet/cmd_print.h"
#include "wallet/cmd_session.h"
#include "wallet/problem.h"

/* The bond of a standard exit at deployment (protocol.md 9), for a proof that
 * is made without a node. */
#define INITIAL_BOND UINT64_C(23300000000000000)

/* Receipts of a whole eth_block. */
#define ARENA_CEILING ((size_t)256 << 20)

/* One coin on its way into a file. */
struct export
{
	struct session *session;
	struct coin coin;
	struct wallet_transaction made_by;
	struct signed_spend_form form;
	struct coin_evidence evidence;
	struct evidence_code codes[NETWORK_MAX_CODE_HASHES];
	struct growing_buffer call;
	struct arena arena;
};

static bool load(struct export *export, struct position position,
		 struct error *error)
{
	struct session *session = export->session;
	struct signed_spend *spend = memory_new(1, sizeof(*spend));
	bool is_ours = false;
	bool found;

	bool ok = wallet_store_coin(session->store, &found, &export->coin,
				    position, error);
	if (ok && found)
		ok = wallet_store_transaction(
			     session->store, &found, &export->made_by,
			     &export->coin.transaction_hash, position, error) &&
		     signed_spend_table_of_hash(session->signed_spends,
						&is_ours, spend,
						&export->made_by.hash, error);
	if (ok && (!found || !export->made_by.has_proof))
		ok = problem_set(error, PROBLEM_UNKNOWN_COIN,
				 "there is no proof of this coin");
	if (ok && is_ours)
		export->form = signed_spend_form(spend);
	memory_free(spend);
	return ok;
}

static void fill_coin(struct export *export)
{
	const struct wallet_transaction *made_by = &export->made_by;
	struct coin_evidence *evidence = &export->evidence;

	evidence->made_at = clock_wall();
	evidence->position = export->coin.position;
	evidence->output = export->coin.output;
	evidence->transaction = bytes_view(made_by->raw, made_by->raw_len);
	evidence->signed_transaction =
		bytes_view(export->form.bytes, export->form.len);
	evidence->proof = bytes_view(made_by->proof, PROTOCOL_PROOF_SIZE);
	evidence->root = made_by->root;
	coin_evidence_exit_call(&export->call, evidence);
	evidence->exit_call_data = growing_buffer_view(&export->call);
	if (export->call.len > 0)
		evidence->exit_value_wei = amount_of(INITIAL_BOND);
}

/* What only the root chain knows; without it the file says less. */
static void ask_root_chain(struct export *export)
{
	struct session *session = export->session;
	struct coin_evidence *evidence = &export->evidence;
	struct error error;
	bool ok = session_open_rpc(session, &error);

	if (ok) {
		struct root_chain_fetch fetch = session_fetch(session);

		ok = root_chain_fetch_anchor(&fetch, evidence, &export->arena,
					     &error);
		if (ok && export->call.len > 0)
			ok = root_chain_fetch_bond(
				&fetch, &evidence->exit_value_wei,
				CONTRACT_VIEW_STANDARD_EXIT_BOND, &error);
	}
	if (!ok)
		fprintf(stderr,
			"plasma-wallet: note: the root chain is not asked, so "
			"the file does not say where the root stands: %s\n",
			problem_message(&error));
}

static bool write_evidence(struct export *export, const char *path,
			   struct error *error)
{
	struct growing_buffer text;
	enum coin_evidence_verdict verdict =
		coin_evidence_judge(&export->evidence, &export->arena);

	if (verdict != COIN_EVIDENCE_VALID)
		return problem_set(error, PROBLEM_EVIDENCE_BROKEN,
				   "the proof is not good: %s",
				   coin_evidence_verdict_code(verdict));
	growing_buffer_init(&text, COIN_EVIDENCE_MAX_LEN);
	coin_evidence_write(&text, &export->evidence);
	bool ok = (options_has(export->session->command->options, "force") ||
		   atomic_file_is_new(path, error)) &&
		  atomic_file_write_path(path, growing_buffer_view(&text), 0600,
					 error);
	growing_buffer_clear(&text);
	return ok;
}

static bool export_coin(struct session *session, struct position position,
			const char *path, struct error *error)
{
	struct export *export = memory_new(1, sizeof(*export));

	export->session = session;
	growing_buffer_init(&export->call, CONTRACT_CALL_MAX_LEN);
	arena_init(&export->arena, ARENA_CEILING);
	bool ok = load(export, position, error);
	if (ok) {
		evidence_json_network_of(&export->evidence.network,
					 export->codes, session->network);
		fill_coin(export);
		ask_root_chain(export);
		ok = write_evidence(export, path, error);
	}
	if (ok && session->command->is_json) {
		json_t *object = print_object_new("proof");

		print_set_position(object, "position", position);
		print_set_text(object, "file", path);
		print_set_bool(object, "anchored", export->evidence.has_anchor);
		print_json(object);
	} else if (ok) {
		printf("%s\n", path);
	}
	growing_buffer_clear(&export->call);
	arena_clear(&export->arena);
	memory_free(export);
	return ok;
}

/* FILE, or DIR/coin-POSITION.json when there is no file but a folder. */
static void choose_path(char *out, const char *wanted, struct position position)
{
	char text[POSITION_TEXT_SIZE];
	struct stat state;

	position_format(text, position);
	if (wanted == NULL)
		(void)snprintf(out, SESSION_PATH_SIZE, "coin-%s.json",
			       text); /* it fits */
	else if (stat(wanted, &state) == 0 && S_ISDIR(state.st_mode))
		(void)snprintf(out, SESSION_PATH_SIZE, "%s/coin-%s.json",
			       wanted, text); /* or not found */
	else
		(void)snprintf(out, SESSION_PATH_SIZE, "%s",
			       wanted); /* or not found */
}

static bool export_all(struct session *session, const char *wanted,
		       struct error *error)
{
	char path[SESSION_PATH_SIZE];
	struct coin *coins = NULL;
	size_t count;
	size_t done = 0;
	bool ok = wallet_store_coins(session->store, &coins, &count,
				     &session->account, error);

	for (size_t i = 0; ok && i < count; i++) {
		if (!coins[i].has_proof ||
		    coins[i].status != COIN_STATUS_UNSPENT)
			continue;
		choose_path(path, wanted, coins[i].position);
		ok = export_coin(session, coins[i].position, path, error);
		done++;
	}
	memory_free(coins);
	if (ok && done == 0)
		ok = problem_set(error, PROBLEM_NOTHING_TO_DO,
				 "no coin has a proof");
	return ok;
}

static bool run_export(struct session *session, struct error *error)
{
	const struct options *options = session->command->options;
	const char *wanted = options_value(options, "out");
	char path[SESSION_PATH_SIZE];
	struct position position;

	if (!session_find_account(session, error) ||
	    !session_open_stores(session, error))
		return false;
	if (options_has(options, "all"))
		return export_all(session, wanted, error);
	if (options->argument_count != 1)
		return error_set(error, ERROR_USAGE,
				 "proof export: which POSITION, or --all?");
	if (!session_read_position(&position, options->arguments[0], error))
		return false;
	choose_path(path, wanted, position);
	return export_coin(session, position, path, error);
}

/* ---- verify ---- */

struct verification {
	struct coin_evidence evidence;
	bool is_trusted;   /* --trust names the eth_block */
	bool is_asked;	   /* a node was asked */
	bool is_confirmed; /* it has the eth_block */
};

static bool check_trust(struct verification *check,
			const struct session *session, struct error *error)
{
	const char *text = options_value(session->command->options, "trust");
	struct hash trusted;

	if (text == NULL)
		return true;
	if (!hex_decode(trusted.bytes, 32, text, strlen(text)))
		return error_set(error, ERROR_USAGE,
				 "--trust: not 32 bytes of hex");
	check->is_trusted =
		check->evidence.has_anchor &&
		hash_equal(&trusted, &check->evidence.anchor.eth_block_hash);
	return check->is_trusted
		       ? true
		       : problem_set(error, PROBLEM_EVIDENCE_UNTRUSTED,
				     "the file does not rest on the eth_block "
				     "that you trust");
}

static bool check_node(struct verification *check, struct session *session,
		       struct error *error)
{
	const struct coin_evidence *evidence = &check->evidence;

	if (!session_has_rpc(session) || !evidence->has_anchor)
		return true;
	if (!session_open_rpc(session, error))
		return false;
	struct root_chain_fetch fetch = session_fetch(session);
	if (!root_chain_fetch_confirms(&fetch, &check->is_confirmed,
				       evidence->anchor.eth_block_number,
				       &evidence->anchor.eth_block_hash, error))
		return false;
	check->is_asked = true;
	return check->is_confirmed
		       ? true
		       : problem_set(error, PROBLEM_EVIDENCE_UNTRUSTED,
				     "the root chain does not have the "
				     "eth_block of the file");
}

/* The file has to be about the network that we are asked about. */
static bool check_network(const struct verification *check,
			  const struct session *session, struct error *error)
{
	const struct evidence_network *said = &check->evidence.network;
	const struct network *network = session->network;

	return said->chain_id == network->chain_id &&
			       address_equal(&said->plasma_framework,
					     &network->plasma_framework) &&
			       address_equal(&said->payment_exit_game,
					     &network->payment_exit_game)
		       ? true
		       : problem_set(error, PROBLEM_EVIDENCE_BROKEN,
				     "the file is about another network");
}

static void say_verification(const struct verification *check,
			     const struct session *session)
{
	const struct coin_evidence *evidence = &check->evidence;
	char amount[PRINT_AMOUNT_SIZE];
	char position[POSITION_TEXT_SIZE];
	char hash[HEX_SIZE(32)];

	if (session->command->is_json) {
		json_t *object = print_object_new("verification");

		print_set_text(object, "verdict", "valid");
		print_set_position(object, "position", evidence->position);
		print_set_address(object, "owner", &evidence->output.owner);
		print_set_token_amount(object, session->network,
				       &evidence->output.token,
				       evidence->output.amount);
		print_set_bool(object, "anchored", evidence->has_anchor);
		if (evidence->has_anchor) {
			print_set_number(object, "eth_block_number",
					 evidence->anchor.eth_block_number);
			print_set_hash(object, "eth_block_hash",
				       &evidence->anchor.eth_block_hash);
		}
		print_set_bool(object, "trusted", check->is_trusted);
		print_set_bool(object, "confirmed", check->is_confirmed);
		print_json(object);
		return;
	}
	print_amount(amount, session->network, &evidence->output.token,
		     evidence->output.amount);
	position_format(position, evidence->position);
	hex_encode(hash, bytes_view(evidence->anchor.eth_block_hash.bytes, 32));
	printf("valid: coin %s is %s\n", position, amount);
	if (!evidence->has_anchor)
		printf("where the root stands is not in the file: ask the root "
		       "chain for the root of the block\n");
	else
		printf("true if eth_block %llu has hash %s%s\n",
		       (unsigned long long)evidence->anchor.eth_block_number,
		       hash,
		       check->is_trusted || check->is_confirmed
			       ? ", which it has"
			       : "");
}

static bool verify_text(struct session *session, struct arena *arena,
			struct bytes text, struct error *error)
{
	struct verification *check = memory_new(1, sizeof(*check));
	enum coin_evidence_verdict verdict;

	bool ok = coin_evidence_read(&check->evidence, arena, text, error);
	if (ok) {
		verdict = coin_evidence_judge(&check->evidence, arena);
		if (verdict != COIN_EVIDENCE_VALID)
			ok = problem_set(error, PROBLEM_EVIDENCE_BROKEN,
					 "not valid: %s",
					 coin_evidence_verdict_code(verdict));
	}
	ok = ok && check_network(check, session, error) &&
	     check_trust(check, session, error) &&
	     check_node(check, session, error);
	if (ok)
		say_verification(check, session);
	memory_free(check);
	return ok;
}

static bool run_verify(struct session *session, struct error *error)
{
	const struct options *options = session->command->options;
	struct growing_buffer text;
	struct arena arena;

	if (options->argument_count != 1)
		return error_set(error, ERROR_USAGE,
				 "proof verify: which FILE?");
	growing_buffer_init(&text, COIN_EVIDENCE_MAX_LEN);
	arena_init(&arena, ARENA_CEILING);
	bool ok =
		atomic_file_read(&text, options->arguments[0], error) &&
		verify_text(session, &arena, growing_buffer_view(&text), error);
	arena_clear(&arena);
	growing_buffer_clear(&text);
	return ok;
}

bool cmd_proof(const struct command *command, struct error *error)
{
	struct session session;
	bool ok = session_begin(&session, command, error);

	if (ok)
		ok = options_is(command->options, "proof verify")
			     ? run_verify(&session, error)
			     : run_export(&session, error);
	session_end(&session);
	return ok;
}
