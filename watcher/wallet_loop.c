/* SPDX-License-Identifier: MIT */
#include "watcher/wallet_loop.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/memory.h"
#include "common/base/writer.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/keys/address.h"
#include "common/service/log.h"
#include "common/store/signed_spend_table.h"
#include "common/store/statement.h"
#include "sql/watcher_sql.h"
#include "watcher/event_store.h"
#include "watcher/known_store.h"
#include "watcher/watcher_store.h"

#define SPENDS 16

/* Where to go on, 0 with a table that was never read. */
static bool read_cursor(struct database *database, uint64_t *sequence,
			const char *path, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_SIGNED_SPEND_CURSOR);

	*sequence = 0;
	statement_bind_text(row, 1, path);
	enum statement_result result = statement_step(row, error);
	if (result == STATEMENT_ROW)
		*sequence = statement_u64(row, 0);
	statement_end(row);
	return result != STATEMENT_FAILED;
}

static bool put_cursor(struct database *database, uint64_t sequence,
		       const char *path, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_WATCHER_PUT_SIGNED_SPEND_CURSOR);

	statement_bind_text(row, 1, path);
	statement_bind_u64(row, 2, sequence);
	return statement_run(row, error);
}

static const struct signer *signer_of(const struct exit_turn *turn,
				      const struct address *owner)
{
	for (size_t i = 0; i < turn->facts->owner_count; i++) {
		if (address_equal(&turn->facts->owners[i].address, owner))
			return turn->facts->owners[i].signer;
	}
	return NULL;
}

/* "A claim without a signature counts as signed […]; its owner can make the
 * same signature again": with the key here, we do. */
static bool sign_again(const struct exit_turn *turn, struct signature *out,
		       const struct transaction *transaction, size_t input,
		       struct error *error)
{
	struct hash digest =
		transaction_digest(&turn->sources.domain, transaction);
	const struct signer *signer;
	struct watched_coin coin;
	bool found;

	if (!watcher_store_coin(turn->database, &found, &coin,
				transaction->inputs[input], error) ||
	    !found)
		return false;
	signer = signer_of(turn, &coin.output.owner);
	return signer != NULL && signer_sign(out, signer, &digest, error);
}

static bool put_spend(const struct exit_turn *turn,
		      const struct signed_spend *spend, bool *complete,
		      struct error *error)
{
	struct bytes raw = bytes_view(spend->raw, spend->raw_len);
	struct signature signatures[PROTOCOL_MAX_INPUTS];
	struct transaction transaction;
	size_t count = 0;

	*complete = true;
	if (transaction_decode(&transaction, raw) != VERDICT_VALID)
		return true;
	for (size_t i = 0; i < spend->input_count; i++) {
		struct error reason;

		if (spend->has_signature[i])
			signatures[count++] = spend->signatures[i];
		else if (spend->is_ours[i] &&
			 sign_again(turn, &signatures[count], &transaction, i,
				    &reason))
			count++;
		else
			*complete = false;
	}
	return known_store_put(turn->database, raw, signatures, count,
			       KNOWN_SOURCE_WALLET, NULL, error);
}

/* The cursor stays before the first that is not complete yet. */
static bool take_over(const struct exit_turn *turn,
		      struct signed_spend_table *table, const char *path,
		      struct error *error)
{
	struct signed_spend *spends = memory_new(SPENDS, sizeof(*spends));
	uint64_t sequence;
	uint64_t done;
	size_t count = SPENDS;
	bool in_order = true;

	bool ok = read_cursor(turn->database, &sequence, path, error);
	done = sequence;
	while (ok && count == SPENDS) {
		ok = signed_spend_table_after(table, spends, &count, SPENDS,
					      sequence, error);
		for (size_t i = 0; ok && i < count; i++) {
			bool complete;

			ok = put_spend(turn, &spends[i], &complete, error);
			sequence = spends[i].sequence;
			in_order = in_order && complete;
			if (in_order)
				done = sequence;
		}
	}
	memory_free(spends);
	return ok && put_cursor(turn->database, done, path, error);
}

/* ---- the tables ---- */

static bool has_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path);
	char *folder =
		memory_copy_string(len == 0 ? "/" : path, len == 0 ? 1 : len);
	struct stat file;
	bool has = slash == NULL ||
		   (stat(folder, &file) == 0 && S_ISDIR(file.st_mode));

	memory_free(folder);
	return has;
}

/* False with ERROR_NO_INPUT: there is none, and that is as it should be. */
static bool open_table(struct signed_spend_table **table, const char *path,
		       const struct network *network, struct database *database,
		       struct error *error)
{
	uint64_t sequence = 0;

	if (signed_spend_table_open_reader(table, path, network->chain_id,
					   &network->plasma_framework, error))
		return true;
	if (error->code != ERROR_NO_INPUT)
		return false;
	if (!has_folder(path))
		return error_set(error, ERROR_CONFIG,
				 "%s: its folder is not there", path);
	if (database != NULL && !read_cursor(database, &sequence, path, error))
		return false;
	if (sequence > 0)
		return error_set(error, ERROR_CONFIG,
				 "%s: it was read before and is gone", path);
	return error_set(error, ERROR_NO_INPUT, "%s: it is not there yet",
			 path);
}

bool wallet_loop_look_at_table(const struct watched_owner *owner,
			       const struct network *network,
			       struct database *database, struct error *error)
{
	struct signed_spend_table *table;

	if (owner->signed_path == NULL)
		return error_set(error, ERROR_CONFIG,
				 "[owner] signed is not given: nobody can know "
				 "here what was signed and not sent");
	if (!open_table(&table, owner->signed_path, network, database, error))
		return error->code == ERROR_NO_INPUT;
	signed_spend_table_close(table);
	return true;
}

static bool raise_unknown(const struct exit_turn *turn, const char *account,
			  const char *reason, struct error *error)
{
	json_t *facts =
		json_pack("{s:s,s:s}", "account", account, "reason", reason);
	char *text = json_dumps(facts, JSON_COMPACT);
	struct raised_event event = {
		.kind = EVENT_SIGNED_SPENDS_UNKNOWN,
		.key = account,
		.facts = text == NULL ? "{}" : text,
		.at = turn->facts->now,
		.eth_block = turn->facts->head.number,
		.waits = true,
	};

	bool ok = event_store_raise(turn->database, NULL, &event, error);
	free(text); /* allowed: jansson took it */
	json_decref(facts);
	return ok;
}

static bool read_table(const struct exit_turn *turn,
		       const struct watched_owner *owner, struct error *error)
{
	struct signed_spend_table *table = NULL;
	char account[ADDRESS_TEXT_SIZE];
	struct error reason;

	address_format(account, &owner->address);
	bool opened = open_table(&table, owner->signed_path,
				 turn->facts->network, turn->database, &reason);
	if (!opened && reason.code != ERROR_NO_INPUT)
		return raise_unknown(turn, account, reason.message, error);
	bool ok = !opened || take_over(turn, table, owner->signed_path, error);
	signed_spend_table_close(table);
	return ok &&
	       event_store_clear(turn->database, EVENT_SIGNED_SPENDS_UNKNOWN,
				 account, error);
}

bool wallet_loop_read(const struct exit_turn *turn, struct error *error)
{
	for (size_t i = 0; i < turn->facts->owner_count; i++) {
		const struct watched_owner *owner = &turn->facts->owners[i];

		if (owner->signed_path != NULL &&
		    !read_table(turn, owner, error))
			return false;
	}
	return event_store_clear_others(turn->database,
					EVENT_SIGNED_SPENDS_UNKNOWN,
					turn->facts->head.number, error);
}

bool wallet_loop_pay_oneself(const struct exit_turn *turn,
			     struct own_coin *coin, struct error *error)
{
	const struct signer *signer = signer_of(turn, &coin->output.owner);
	struct transaction transaction = mass_exit_pay_oneself(coin);
	struct hash digest =
		transaction_digest(&turn->sources.domain, &transaction);
	uint8_t bytes[PROTOCOL_MAX_RAW_SIZE];
	struct writer raw = writer_of(bytes, sizeof(bytes));
	struct signature signature;
	struct error reason;

	if (signer == NULL)
		return true;
	if (!signer_sign(&signature, signer, &digest, &reason)) {
		log_event(LOG_WARNING, "a fee output cannot be signed for",
			  log_text("reason", reason.message));
		return true;
	}
	transaction_encode(&raw, &transaction);
	coin->signed_by = 1;
	coin->signed_tx = transaction_hash(writer_view(&raw));
	return known_store_put(turn->database, writer_view(&raw), &signature, 1,
			       KNOWN_SOURCE_WALLET, NULL, error);
}
