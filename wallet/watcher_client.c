/* SPDX-License-Identifier: MIT */
#include "wallet/watcher_client.h"

#include <stdio.h>
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/merkle_tree.h"
#include "common/keys/address.h"
#include "common/service/strict_json.h"
#include "common/service/watcher_answer.h"
#include "common/service/wide_json.h"
#include "wallet/problem.h"

/* Coins that one answer may list. */
#define MAX_COINS 100000

/* What the watcher says is not so; `error` may say it in detail. */
static bool lies(struct error *error, const char *what)
{
	return problem_set(error, PROBLEM_WATCHER_LIES,
			   "the watcher's answer cannot be: %s", what);
}

/* A member that is missing or of another type is the watcher's fault. */
static bool blame(struct error *error)
{
	struct error detail = *error;

	return lies(error, detail.message);
}

/* ---- status ---- */

static void read_halt(struct watcher_status *out, const json_t *data)
{
	const char *halt = watcher_answer_halt(data);

	if (halt != NULL)
		(void)snprintf(out->halt_event, sizeof(out->halt_event), "%s",
			       halt); /* it fits */
}

/* Accounts with open actions, which our watcher lists. */
static void read_busy(struct watcher_status *out, const json_t *data,
		      const struct address *account)
{
	const json_t *accounts = json_object_get(data, "busy_accounts");

	for (size_t i = 0; i < json_array_size(accounts); i++) {
		const char *text =
			json_string_value(json_array_get(accounts, i));
		struct address busy;

		if (text != NULL && address_parse(&busy, text, strlen(text)) &&
		    address_equal(&busy, account))
			out->account_is_busy = true;
	}
}

bool watcher_client_status(struct omg_client *client,
			   struct watcher_status *out,
			   const struct address *account, struct error *error)
{
	json_t *data = NULL;

	memset(out, 0, sizeof(*out));
	if (!omg_client_ask(client, &data, "status.get", "{}", error))
		return false;
	const char *framework = json_string_value(json_object_get(
		json_object_get(data, "contract_addr"), "plasma_framework"));
	bool ok = wide_json_u64(&out->last_validated, data,
				"last_validated_child_block_number", error) &&
		  wide_json_u64(&out->last_mined, data,
				"last_mined_child_block_number", error);
	out->has_framework =
		framework != NULL &&
		address_parse(&out->framework, framework, strlen(framework));
	out->is_stale = json_is_true(json_object_get(data, "eth_syncing"));
	read_halt(out, data);
	read_busy(out, data, account);
	json_decref(data);
	return ok ? true : blame(error);
}

/* ---- coins ---- */

static bool read_part(uint64_t *out, const json_t *row, const char *key,
		      uint64_t most, struct error *error)
{
	if (!wide_json_u64(out, row, key, error))
		return false;
	return *out <= most ? true
			    : error_set(error, ERROR_PROTOCOL, "\"%s\" is %llu",
					key, (unsigned long long)*out);
}

static bool read_place(struct position *out, const json_t *row,
		       struct error *error)
{
	struct u256 number;
	uint64_t blknum;
	uint64_t txindex;
	uint64_t oindex;

	if (!read_part(&blknum, row, "blknum", PROTOCOL_MAX_BLOCK_NUMBER,
		       error) ||
	    !read_part(&txindex, row, "txindex", PROTOCOL_MAX_TX_INDEX,
		       error) ||
	    !read_part(&oindex, row, "oindex", PROTOCOL_MAX_OUTPUT_INDEX,
		       error) ||
	    !wide_json_u256(&number, row, "utxo_pos", error))
		return false;
	if (!position_make(out, blknum, (uint32_t)txindex, (uint32_t)oindex) ||
	    !u256_equal(number, position_to_u256(*out)))
		return error_set(error, ERROR_PROTOCOL,
				 "\"utxo_pos\" is not block, transaction and "
				 "output");
	return true;
}

static bool read_account(struct address *out, const json_t *row,
			 const char *key, struct error *error)
{
	const char *text;

	if (!strict_json_string(&text, row, key, error))
		return false;
	return address_parse(out, text, strlen(text))
		       ? true
		       : error_set(error, ERROR_PROTOCOL,
				   "\"%s\" is no address", key);
}

static bool read_coin(struct coin *out, const json_t *row,
		      const struct address *owner, struct error *error)
{
	struct u256 amount;
	uint64_t type;

	memset(out, 0, sizeof(*out));
	if (!read_place(&out->position, row, error) ||
	    !read_part(&type, row, "otype", PROTOCOL_OUTPUT_TYPE_FEE, error) ||
	    !read_account(&out->output.owner, row, "owner", error) ||
	    !read_account(&out->output.token.address, row, "currency", error) ||
	    !wide_json_u256(&amount, row, "amount", error))
		return false;
	out->output.type = (uint8_t)type;
	out->output.amount = amount_from_u256(amount);
	out->status = COIN_STATUS_UNSPENT;
	out->is_verified = true;
	return type != 0 && address_equal(&out->output.owner, owner)
		       ? true
		       : error_set(error, ERROR_PROTOCOL,
				   "a coin of somebody else");
}

/* {"address":"0x…"} with the checksum that OMG-style clients write. */
static void address_body(char *body, size_t size, const struct address *owner,
			 const char *more)
{
	char text[ADDRESS_TEXT_SIZE];

	address_format(text, owner);
	(void)snprintf(body, size, "{\"address\":\"%s\"%s}", text,
		       more); /* it fits */
}

bool watcher_client_coins(struct omg_client *client, struct coin **out,
			  size_t *count, const struct address *owner,
			  struct error *error)
{
	json_t *data = NULL;
	char body[128];

	address_body(body, sizeof(body), owner, "");
	if (!omg_client_ask(client, &data, "account.get_utxos", body, error))
		return false;
	size_t found = json_array_size(data);
	bool ok = json_is_array(data) && found <= MAX_COINS;
	if (!ok)
		(void)error_set(error, ERROR_PROTOCOL, "not a list of coins");
	struct coin *coins = memory_new(ok ? found + 1 : 1, sizeof(*coins));
	for (size_t i = 0; ok && i < found; i++)
		ok = read_coin(&coins[i], json_array_get(data, i), owner,
			       error);
	json_decref(data);
	if (!ok) {
		memory_free(coins);
		return blame(error);
	}
	*out = coins;
	*count = found;
	return true;
}

/* ---- transactions ---- */

static bool read_raw(struct wallet_transaction *out, const json_t *row,
		     struct error *error)
{
	struct growing_buffer bytes;
	json_t *value = NULL;

	growing_buffer_init(&bytes, sizeof(out->raw));
	bool ok = strict_json_member(&value, row, "txbytes", error) &&
		  strict_json_data(&bytes, value, error);
	if (ok && bytes.len > 0) {
		memcpy(out->raw, bytes.data, bytes.len);
		out->raw_len = bytes.len;
		out->hash = transaction_hash(bytes_view(out->raw, bytes.len));
	}
	growing_buffer_clear(&bytes);
	return ok;
}

/* The decoded transaction of a block of this number. */
static bool decode(struct transaction *out,
		   const struct wallet_transaction *transaction,
		   struct position position)
{
	struct bytes raw = bytes_view(transaction->raw, transaction->raw_len);

	return blknum_is_deposit(position_blknum(position))
		       ? transaction_decode_deposit(out, raw) == VERDICT_VALID
		       : transaction_decode(out, raw) == VERDICT_VALID;
}

static bool check_exit_data(struct wallet_transaction *out,
			    const struct coin *coin, struct error *error)
{
	uint32_t oindex = position_oindex(coin->position);
	struct transaction transaction;

	if (!decode(&transaction, out, coin->position) ||
	    oindex >= transaction.output_count ||
	    !output_equal(&transaction.outputs[oindex], &coin->output))
		return lies(error, "the transaction does not make the coin");
	struct hash leaf = merkle_tree_leaf(bytes_view(out->raw, out->raw_len));
	out->root = merkle_tree_root_of_proof(
		&leaf, position_txindex(coin->position), out->proof);
	out->is_included = true;
	out->has_proof = true;
	out->position = position_of_transaction(coin->position);
	return true;
}

bool watcher_client_exit_data(struct omg_client *client,
			      struct wallet_transaction *out,
			      const struct coin *coin, struct error *error)
{
	char position[POSITION_TEXT_SIZE];
	json_t *data = NULL;
	char body[64];

	memset(out, 0, sizeof(*out));
	position_format(position, coin->position);
	(void)snprintf(body, sizeof(body), "{\"utxo_pos\":%s}",
		       position); /* it fits */
	if (!omg_client_ask(client, &data, "utxo.get_exit_data", body, error))
		return false;
	bool ok = read_raw(out, data, error) &&
		  strict_json_bytes(out->proof, PROTOCOL_PROOF_SIZE, data,
				    "proof", error);
	json_decref(data);
	return ok ? check_exit_data(out, coin, error) : blame(error);
}

static bool read_transaction(struct wallet_transaction *out, const json_t *row,
			     struct error *error)
{
	struct transaction transaction;
	json_t *block = NULL;
	uint64_t txindex;
	uint64_t blknum;

	memset(out, 0, sizeof(*out));
	if (!read_raw(out, row, error) ||
	    !read_part(&txindex, row, "txindex", PROTOCOL_MAX_TX_INDEX,
		       error) ||
	    !strict_json_member(&block, row, "block", error) ||
	    !read_part(&blknum, block, "blknum", PROTOCOL_MAX_BLOCK_NUMBER,
		       error) ||
	    !wide_json_u64(&out->block_time.seconds, block, "timestamp", error))
		return false;
	out->is_included = true;
	if (!position_make(&out->position, blknum, (uint32_t)txindex, 0) ||
	    !decode(&transaction, out, out->position))
		return error_set(error, ERROR_PROTOCOL,
				 "\"txbytes\" are no transaction of block %llu",
				 (unsigned long long)blknum);
	return true;
}

bool watcher_client_transactions(struct omg_client *client,
				 struct wallet_transaction *out, size_t *count,
				 const struct address *owner, uint64_t page,
				 size_t limit, struct error *error)
{
	json_t *data = NULL;
	char more[64];
	char body[160];

	(void)snprintf(more, sizeof(more), ",\"limit\":%zu,\"page\":%llu",
		       limit, (unsigned long long)page); /* it fits */
	address_body(body, sizeof(body), owner, more);
	if (!omg_client_ask(client, &data, "transaction.all", body, error))
		return false;
	*count = json_array_size(data);
	bool ok = json_is_array(data) && *count <= limit;
	if (!ok)
		(void)error_set(error, ERROR_PROTOCOL,
				"not a page of "
				"transactions");
	for (size_t i = 0; ok && i < *count; i++)
		ok = read_transaction(&out[i], json_array_get(data, i), error);
	json_decref(data);
	return ok ? true : blame(error);
}
