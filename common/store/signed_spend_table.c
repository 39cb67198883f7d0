/* SPDX-License-Identifier: MIT */
#include "common/store/signed_spend_table.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/base/writer.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/store/database.h"
#include "common/store/statement.h"
#include "sql/signed_spend_sql.h"

struct signed_spend_table {
	struct database *database;
};

static struct statement *begin(struct signed_spend_table *table,
			       const char *sql)
{
	return statement_begin(table->database, sql);
}

/* ---- opening ---- */

static bool write_network(struct signed_spend_table *table, uint64_t chain_id,
			  const struct address *framework, struct error *error)
{
	struct statement *row = begin(table, SQL_SIGNED_SPEND_INSERT_NETWORK);

	statement_bind_u64(row, 1, chain_id);
	statement_bind_bytes(row, 2, bytes_view(framework->bytes, 20));
	return statement_run(row, error);
}

/* The file belongs to one chain for ever. */
static bool check_network(struct signed_spend_table *table, bool is_writer,
			  uint64_t chain_id, const struct address *framework,
			  struct error *error)
{
	struct statement *row = begin(table, SQL_SIGNED_SPEND_NETWORK);
	enum statement_result result = statement_step(row, error);
	struct address known;

	if (result == STATEMENT_FAILED || result == STATEMENT_DONE) {
		statement_end(row);
		if (result == STATEMENT_FAILED)
			return false;
		/* A reader that comes before the writer's first row finds
		 * nothing signed, and asks again. */
		return is_writer ? write_network(table, chain_id, framework,
						 error)
				 : error_set(error, ERROR_TRY_AGAIN,
					     "signed.db is being made");
	}
	bool ok = statement_address(&known, row, 1, error);
	if (ok && (statement_u64(row, 0) != chain_id ||
		   !address_equal(&known, framework)))
		ok = error_set(error, ERROR_CONFIG,
			       "signed.db belongs to another child chain than "
			       "the network file says");
	statement_end(row);
	return ok;
}

static bool open_table(struct signed_spend_table **out, const char *path,
		       enum database_mode mode, uint64_t chain_id,
		       const struct address *framework, struct error *error)
{
	struct signed_spend_table *table = memory_new(1, sizeof(*table));

	if (!database_open(&table->database, path, mode, signed_spend_schema,
			   error)) {
		memory_free(table);
		return false;
	}
	if (!check_network(table, mode == DATABASE_WRITER, chain_id, framework,
			   error)) {
		signed_spend_table_close(table);
		return false;
	}
	*out = table;
	return true;
}

bool signed_spend_table_open(struct signed_spend_table **out, const char *path,
			     uint64_t chain_id, const struct address *framework,
			     struct error *error)
{
	return open_table(out, path, DATABASE_WRITER, chain_id, framework,
			  error);
}

bool signed_spend_table_open_reader(struct signed_spend_table **out,
				    const char *path, uint64_t chain_id,
				    const struct address *framework,
				    struct error *error)
{
	return open_table(out, path, DATABASE_READER, chain_id, framework,
			  error);
}

void signed_spend_table_close(struct signed_spend_table *table)
{
	if (table == NULL)
		return;
	database_close(table->database);
	memory_free(table);
}

/* ---- reading ---- */

struct signed_spend_form signed_spend_form(const struct signed_spend *spend)
{
	struct signed_spend_form form = { { 0 }, 0 };
	struct writer writer = writer_of(form.bytes, sizeof(form.bytes));

	for (size_t i = 0; i < spend->input_count; i++) {
		if (!spend->has_signature[i])
			return form;
	}
	transaction_encode_signed(&writer,
				  bytes_view(spend->raw, spend->raw_len),
				  spend->signatures, spend->input_count);
	assert(writer_ok(&writer));
	form.len = writer.len;
	return form;
}

/* What the row of a transaction says by itself. */
static bool read_transaction(struct signed_spend *out, struct statement *row,
			     struct error *error)
{
	struct transaction transaction;
	struct bytes raw = statement_bytes(row, 2);

	memset(out, 0, sizeof(*out));
	out->sequence = statement_u64(row, 0);
	out->claimed_at.seconds = statement_u64(row, 3);
	if (!statement_hash(&out->transaction_hash, row, 1, error))
		return false;
	struct hash hash = transaction_hash(raw);
	if (transaction_decode(&transaction, raw) != VERDICT_VALID ||
	    !hash_equal(&hash, &out->transaction_hash))
		return error_set(error, ERROR_IO,
				 "signed.db is damaged: row %llu is not the "
				 "transaction that it says",
				 (unsigned long long)out->sequence);
	memcpy(out->raw, raw.data, raw.len);
	out->raw_len = raw.len;
	out->input_count = transaction.input_count;
	return true;
}

static bool read_input_index(size_t *out, const struct signed_spend *spend,
			     struct statement *row, struct error *error)
{
	*out = (size_t)statement_u64(row, 0);
	return *out < spend->input_count
		       ? true
		       : error_set(error, ERROR_IO,
				   "signed.db is damaged: an input that is not "
				   "there");
}

static bool read_signatures(struct signed_spend_table *table,
			    struct signed_spend *spend, struct error *error)
{
	struct statement *row = begin(table, SQL_SIGNED_SPEND_SIGNATURES);
	enum statement_result result;
	size_t index;

	statement_bind_hash(row, 1, &spend->transaction_hash);
	while ((result = statement_step(row, error)) == STATEMENT_ROW) {
		struct bytes signature = statement_bytes(row, 1);

		if (!read_input_index(&index, spend, row, error) ||
		    signature.len != SIGNATURE_SIZE) {
			result = STATEMENT_FAILED;
			break;
		}
		memcpy(spend->signatures[index].bytes, signature.data,
		       SIGNATURE_SIZE);
		spend->has_signature[index] = true;
	}
	statement_end(row);
	return result == STATEMENT_DONE;
}

static bool read_claims(struct signed_spend_table *table,
			struct signed_spend *spend, struct error *error)
{
	struct statement *row = begin(table, SQL_SIGNED_SPEND_SPENDS);
	enum statement_result result;
	size_t index;

	statement_bind_hash(row, 1, &spend->transaction_hash);
	while ((result = statement_step(row, error)) == STATEMENT_ROW) {
		if (!read_input_index(&index, spend, row, error)) {
			result = STATEMENT_FAILED;
			break;
		}
		spend->is_ours[index] = true;
	}
	statement_end(row);
	return result == STATEMENT_DONE;
}

/* The one transaction of a bound statement, complete. */
static bool find(struct signed_spend_table *table, bool *found,
		 struct signed_spend *out, struct statement *row,
		 struct error *error)
{
	enum statement_result result = statement_step(row, error);
	bool ok = result != STATEMENT_FAILED;

	*found = result == STATEMENT_ROW;
	if (*found)
		ok = read_transaction(out, row, error);
	statement_end(row);
	return ok && (!*found || (read_signatures(table, out, error) &&
				  read_claims(table, out, error)));
}

bool signed_spend_table_find(struct signed_spend_table *table, bool *found,
			     struct signed_spend *out, struct position position,
			     struct error *error)
{
	struct statement *row =
		begin(table, SQL_SIGNED_SPEND_TRANSACTION_OF_POSITION);

	statement_bind_u64(row, 1, position.packed);
	return find(table, found, out, row, error);
}

bool signed_spend_table_of_hash(struct signed_spend_table *table, bool *found,
				struct signed_spend *out,
				const struct hash *transaction_hash,
				struct error *error)
{
	struct statement *row =
		begin(table, SQL_SIGNED_SPEND_TRANSACTION_OF_HASH);

	statement_bind_hash(row, 1, transaction_hash);
	return find(table, found, out, row, error);
}

bool signed_spend_table_after(struct signed_spend_table *table,
			      struct signed_spend *out, size_t *count,
			      size_t capacity, uint64_t sequence,
			      struct error *error)
{
	struct statement *row =
		begin(table, SQL_SIGNED_SPEND_TRANSACTIONS_AFTER);
	enum statement_result result;

	*count = 0;
	statement_bind_u64(row, 1, sequence);
	statement_bind_u64(row, 2, capacity);
	while ((result = statement_step(row, error)) == STATEMENT_ROW) {
		if (*count == capacity ||
		    !read_transaction(&out[*count], row, error) ||
		    !read_signatures(table, &out[*count], error) ||
		    !read_claims(table, &out[*count], error)) {
			result = STATEMENT_FAILED;
			break;
		}
		*count += 1;
	}
	statement_end(row);
	return result == STATEMENT_DONE;
}

/* ---- writing ---- */

static bool insert_transaction(struct signed_spend_table *table,
			       const struct hash *hash, struct bytes raw,
			       struct wall_time now, struct error *error)
{
	struct statement *row =
		begin(table, SQL_SIGNED_SPEND_INSERT_TRANSACTION);

	statement_bind_hash(row, 1, hash);
	statement_bind_bytes(row, 2, raw);
	statement_bind_u64(row, 3, now.seconds);
	return statement_run(row, error);
}

static bool insert_spend(struct signed_spend_table *table,
			 struct position position, const struct hash *hash,
			 size_t input_index, struct error *error)
{
	struct statement *row = begin(table, SQL_SIGNED_SPEND_INSERT_SPEND);

	statement_bind_u64(row, 1, position.packed);
	statement_bind_hash(row, 2, hash);
	statement_bind_u64(row, 3, input_index);
	return statement_run(row, error);
}

/* Claims input `index` unless it is claimed; the answer is CONFLICT when
 * another transaction has it. */
static bool claim_input(struct signed_spend_table *table,
			enum signed_spend_answer *answer,
			struct signed_spend *conflict,
			const struct transaction *transaction,
			const struct hash *hash, size_t index,
			struct error *error)
{
	bool found;

	if (!signed_spend_table_find(table, &found, conflict,
				     transaction->inputs[index], error))
		return false;
	if (!found)
		return insert_spend(table, transaction->inputs[index], hash,
				    index, error);
	if (!hash_equal(&conflict->transaction_hash, hash))
		*answer = SIGNED_SPEND_CONFLICT;
	return true;
}

static bool claim_all(struct signed_spend_table *table,
		      enum signed_spend_answer *answer,
		      struct signed_spend *conflict,
		      const struct transaction *transaction, struct bytes raw,
		      unsigned int ours, struct wall_time now,
		      struct error *error)
{
	struct hash hash = transaction_hash(raw);
	bool found;

	*answer = SIGNED_SPEND_CLAIMED;
	if (!signed_spend_table_of_hash(table, &found, conflict, &hash, error))
		return false;
	if (!found && !insert_transaction(table, &hash, raw, now, error))
		return false;
	for (size_t i = 0; i < transaction->input_count; i++) {
		if ((ours >> i & 1U) == 0)
			continue;
		if (!claim_input(table, answer, conflict, transaction, &hash, i,
				 error))
			return false;
		if (*answer == SIGNED_SPEND_CONFLICT)
			return true;
	}
	return true;
}

bool signed_spend_table_claim(struct signed_spend_table *table,
			      enum signed_spend_answer *answer,
			      struct signed_spend *conflict, struct bytes raw,
			      unsigned int ours, struct wall_time now,
			      struct error *error)
{
	struct transaction transaction;

	if (transaction_decode(&transaction, raw) != VERDICT_VALID)
		return error_set(error, ERROR_BAD_INPUT,
				 "what is to be claimed is no transaction");
	if (transaction.type != PROTOCOL_TX_TYPE_PAYMENT || ours == 0 ||
	    ours >> transaction.input_count != 0)
		return error_set(error, ERROR_BAD_INPUT,
				 "only inputs of a payment can be claimed");
	if (!database_begin(table->database, error))
		return false;
	if (claim_all(table, answer, conflict, &transaction, raw, ours, now,
		      error)) {
		if (*answer == SIGNED_SPEND_CONFLICT) {
			database_rollback(table->database);
			return true;
		}
		if (database_commit(table->database, error))
			return true;
	}
	database_rollback(table->database);
	return false;
}

static bool insert_signature(struct signed_spend_table *table,
			     const struct hash *transaction_hash,
			     size_t input_index, struct bytes signature,
			     struct error *error)
{
	struct statement *row = begin(table, SQL_SIGNED_SPEND_INSERT_SIGNATURE);

	statement_bind_hash(row, 1, transaction_hash);
	statement_bind_u64(row, 2, input_index);
	statement_bind_bytes(row, 3, signature);
	return statement_run(row, error);
}

bool signed_spend_table_put_signature(struct signed_spend_table *table,
				      const struct hash *transaction_hash,
				      size_t input_index,
				      const struct signature *signature,
				      struct error *error)
{
	struct bytes given = bytes_view(signature->bytes, SIGNATURE_SIZE);
	struct signed_spend spend;
	bool found;

	if (!signed_spend_table_of_hash(table, &found, &spend, transaction_hash,
					error))
		return false;
	if (!found || input_index >= spend.input_count)
		return error_set(error, ERROR_BAD_INPUT,
				 "a signature of an input that no claimed "
				 "transaction has");
	if (!spend.has_signature[input_index])
		return insert_signature(table, transaction_hash, input_index,
					given, error);
	if (bytes_equal(bytes_view(spend.signatures[input_index].bytes,
				   SIGNATURE_SIZE),
			given))
		return true;
	return error_set(error, ERROR_REFUSED,
			 "another signature of this input is stored");
}
