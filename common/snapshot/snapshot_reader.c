/* SPDX-License-Identifier: MIT */
#include "common/snapshot/snapshot_reader.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/service/network_check.h"
#include "common/snapshot/snapshot_file.h"
#include "common/snapshot/snapshot_reader_private.h"
#include "common/store/database.h"
#include "common/store/statement.h"
#include "sql/snapshot_sql.h"

/* ---- one row at a time ---- */

static struct statement *begin(struct snapshot_reader *reader, const char *sql)
{
	if (reader->viewed != NULL)
		statement_end(reader->viewed);
	reader->viewed = NULL;
	return statement_begin(reader->database, sql);
}

/* ---- words of contract_state ---- */

static bool read_word(struct snapshot_reader *reader, struct u256 *word,
		      const char *name, struct error *error)
{
	struct statement *row = begin(reader, SQL_SNAPSHOT_CONTRACT_STATE);
	bool found;

	statement_bind_text(row, 1, name);
	if (!statement_find(&found, row, error))
		return false;
	bool ok = found ? statement_u256(word, row, 0, error)
			: error_set(error, ERROR_BAD_INPUT,
				    "the snapshot does not know %s", name);
	statement_end(row);
	return ok;
}

static bool read_number(struct snapshot_reader *reader, uint64_t *number,
			const char *name, struct error *error)
{
	struct u256 word;

	if (!read_word(reader, &word, name, error))
		return false;
	return u256_to_u64(number, word)
		       ? true
		       : error_set(error, ERROR_BAD_INPUT,
				   "the snapshot is damaged: %s", name);
}

/* What the contract says that the network file says, too. */
static bool read_answers(struct snapshot_reader *reader,
			 struct network_answers *out, struct error *error)
{
	struct u256 authority;
	uint8_t word[32];

	if (!read_number(reader, &out->min_exit_period, "min_exit_period",
			 error) ||
	    !read_number(reader, &out->extensions, "extensions", error) ||
	    !read_word(reader, &authority, "authority", error))
		return false;
	u256_to_be(word, authority);
	memcpy(out->authority.bytes, word + 12, 20);
	return true;
}

/* ---- opening ---- */

static bool read_identity(struct snapshot_reader *reader, struct error *error)
{
	struct snapshot_identity *identity = &reader->identity;
	struct statement *row = begin(reader, SQL_SNAPSHOT_NETWORK);
	bool found;

	if (!statement_find(&found, row, error))
		return false;
	bool ok = found;
	if (ok) {
		identity->chain_id = statement_u64(row, 0);
		identity->deployment_block = statement_u64(row, 5);
		ok = statement_address(&identity->plasma_framework, row, 1,
				       error) &&
		     statement_address(&identity->eth_vault, row, 2, error) &&
		     statement_address(&identity->erc20_vault, row, 3, error) &&
		     statement_address(&identity->payment_exit_game, row, 4,
				       error) &&
		     statement_hash(&identity->deployment_block_hash, row, 6,
				    error);
	}
	statement_end(row);
	return found ? ok
		     : error_set(error, ERROR_TRY_AGAIN,
				 "the snapshot does not say yet which network "
				 "it is about");
}

/* Numbers are asked for as such, and a file from elsewhere may have others. */
static bool check_numbers(struct snapshot_reader *reader, struct error *error)
{
	struct statement *row = begin(reader, SQL_SNAPSHOT_NEGATIVE_NUMBERS);
	bool found;

	if (!statement_find(&found, row, error))
		return false;
	bool ok = found && statement_u64(row, 0) == 0;
	statement_end(row);
	return ok || error_set(error, ERROR_BAD_INPUT,
			       "the snapshot is damaged: a negative number");
}

static bool differs(struct error *error, const char *what)
{
	return error_set(error, ERROR_BAD_INPUT,
			 "the snapshot is about another network: its %s is not "
			 "the one expected",
			 what);
}

static bool compare(const struct snapshot_identity *have,
		    const struct snapshot_identity *want, struct error *error)
{
	if (have->chain_id != want->chain_id)
		return differs(error, "chain id");
	if (!address_equal(&have->plasma_framework, &want->plasma_framework))
		return differs(error, "framework");
	if (!address_equal(&have->eth_vault, &want->eth_vault))
		return differs(error, "ETH vault");
	if (!address_equal(&have->erc20_vault, &want->erc20_vault))
		return differs(error, "ERC-20 vault");
	if (!address_equal(&have->payment_exit_game, &want->payment_exit_game))
		return differs(error, "payment exit game");
	if (have->deployment_block != want->deployment_block ||
	    !hash_equal(&have->deployment_block_hash,
			&want->deployment_block_hash))
		return differs(error, "deployment block");
	return true;
}

/* The first good poll is what makes the file worth reading. */
static bool check_has_head(struct snapshot_reader *reader, struct error *error)
{
	struct statement *row = begin(reader, SQL_SNAPSHOT_HEAD);
	bool found;

	if (!statement_find(&found, row, error))
		return false;
	statement_end(row);
	return found ? true
		     : error_set(error, ERROR_TRY_AGAIN,
				 "the follower has not completed its first "
				 "poll");
}

/* Deadlines follow from these: the follower wrote what it found. */
static bool check_contract(struct snapshot_reader *reader,
			   const struct network *expected, struct error *error)
{
	struct network_answers answers;

	if (!read_answers(reader, &answers, error))
		return false;
	if (network_check_answers(expected, &answers, error))
		return true;
	error->code = ERROR_BAD_INPUT;
	return error_wrap(error, "the snapshot is about another network");
}

static bool check_network(struct snapshot_reader *reader,
			  const struct network *expected, struct error *error)
{
	struct snapshot_identity identity;

	if (expected == NULL)
		return check_has_head(reader, error);
	identity = snapshot_identity_of(expected);
	return compare(&reader->identity, &identity, error) &&
	       check_has_head(reader, error) &&
	       check_contract(reader, expected, error);
}

/* With a digest beside it the file has to be the one that it is about. */
static bool check_digest(const char *path, struct snapshot_file_mark *mark,
			 bool *has_digest, struct error *error)
{
	struct snapshot_file_digest want;
	struct hash have;

	if (!snapshot_file_read_digest(&want, has_digest, path, error))
		return false;
	if (!*has_digest)
		return true;
	if (!snapshot_file_mark(mark, path, error) ||
	    !snapshot_file_hash(&have, path, error))
		return false;
	return hash_equal(&have, &want.file) ||
	       error_set(error, ERROR_BAD_INPUT,
			 "%s: not the file that the digest beside it is about: "
			 "cut off, changed or replaced",
			 path);
}

/* What was hashed is what was opened. */
static bool check_mark(const char *path, const struct snapshot_file_mark *mark,
		       bool has_digest, struct error *error)
{
	struct snapshot_file_mark now;

	if (!has_digest)
		return true;
	return snapshot_file_mark(&now, path, error) &&
	       (snapshot_file_same_mark(mark, &now) ||
		error_set(error, ERROR_TRY_AGAIN,
			  "%s was replaced while it was opened", path));
}

struct snapshot_identity snapshot_identity_of(const struct network *network)
{
	return (struct snapshot_identity){
		.chain_id = network->chain_id,
		.plasma_framework = network->plasma_framework,
		.eth_vault = network->eth_vault,
		.erc20_vault = network->erc20_vault,
		.payment_exit_game = network->payment_exit_game,
		.deployment_block = network->deployment_block,
		.deployment_block_hash = network->deployment_block_hash,
	};
}

bool snapshot_reader_open(struct snapshot_reader **out, const char *path,
			  const struct network *expected, struct error *error)
{
	struct snapshot_reader *reader = memory_new(1, sizeof(*reader));
	struct snapshot_file_mark mark;
	bool has_digest;

	if (!check_digest(path, &mark, &has_digest, error) ||
	    !database_open(&reader->database, path, DATABASE_READER,
			   snapshot_schema, error)) {
		memory_free(reader);
		return false;
	}
	if (!check_mark(path, &mark, has_digest, error) ||
	    !check_numbers(reader, error) || !read_identity(reader, error) ||
	    !check_network(reader, expected, error)) {
		snapshot_reader_close(reader);
		return false;
	}
	*out = reader;
	return true;
}

void snapshot_reader_close(struct snapshot_reader *reader)
{
	if (reader == NULL)
		return;
	snapshot_reader_end(reader);
	database_close(reader->database);
	memory_free(reader);
}

struct snapshot_identity
snapshot_reader_identity(const struct snapshot_reader *reader)
{
	return reader->identity;
}

/* ---- a pass ---- */

static struct snapshot_level read_level(struct statement *row, int column)
{
	struct snapshot_level level = { false, 0 };

	if (!statement_is_null(row, column)) {
		level.known = true;
		level.number = statement_u64(row, column);
	}
	return level;
}

static bool read_head(struct snapshot_reader *reader,
		      struct snapshot_head *head, struct error *error)
{
	struct statement *row = begin(reader, SQL_SNAPSHOT_HEAD);
	bool found;

	if (!statement_find(&found, row, error))
		return false;
	bool ok = found ? true
			: error_set(error, ERROR_TRY_AGAIN,
				    "the snapshot has no head");
	if (ok) {
		head->number = statement_u64(row, 0);
		head->time.seconds = statement_u64(row, 2);
		head->safe = read_level(row, 3);
		head->finalized = read_level(row, 4);
		head->last_good_poll.seconds = statement_u64(row, 5);
		head->generation = statement_u64(row, 6);
		head->finality_broken = statement_u64(row, 7) != 0;
		head->proofs = statement_u64(row, 8) != 0;
		head->agreeing = statement_u64(row, 9);
		head->quorum = statement_u64(row, 10);
		ok = statement_hash(&head->hash, row, 1, error);
	}
	statement_end(row);
	return ok;
}

bool snapshot_reader_begin(struct snapshot_reader *reader,
			   struct snapshot_head *head, struct error *error)
{
	if (!database_begin(reader->database, error))
		return false;
	if (read_head(reader, head, error))
		return true;
	snapshot_reader_end(reader);
	return false;
}

void snapshot_reader_end(struct snapshot_reader *reader)
{
	if (reader->walk != NULL)
		statement_end(reader->walk);
	if (reader->viewed != NULL)
		statement_end(reader->viewed);
	reader->walk = NULL;
	reader->viewed = NULL;
	database_rollback(reader->database);
}

bool snapshot_reader_check(const char *path, const struct network *network,
			   uint64_t now, uint64_t most_age, struct error *error)
{
	struct snapshot_reader *reader = NULL;
	struct snapshot_head head;
	bool ok = snapshot_reader_open(&reader, path, network, error) &&
		  snapshot_reader_begin(reader, &head, error);

	snapshot_reader_close(reader);
	if (!ok)
		return false;
	uint64_t age = instant_since(now, head.last_good_poll.seconds);
	return age <= most_age ||
	       error_set(error, ERROR_TRY_AGAIN, "it is %llu s old",
			 (unsigned long long)age);
}

static void assert_pass(const struct snapshot_reader *reader)
{
	assert(database_in_transaction(reader->database));
}

bool snapshot_reader_undone_since(struct snapshot_reader *reader, bool *undone,
				  uint64_t *first_undone, uint64_t seen,
				  struct error *error)
{
	assert_pass(reader);
	struct statement *row = begin(reader, SQL_SNAPSHOT_UNDONE_SINCE);

	statement_bind_u64(row, 1, seen);
	if (!statement_find(undone, row, error))
		return false;
	*undone = *undone && !statement_is_null(row, 0);
	if (*undone)
		*first_undone = statement_u64(row, 0);
	statement_end(row);
	return true;
}

bool snapshot_reader_eth_block(struct snapshot_reader *reader, bool *found,
			       struct hash *hash, struct root_time *time,
			       uint64_t number, struct error *error)
{
	assert_pass(reader);
	struct statement *row = begin(reader, SQL_SNAPSHOT_ETH_BLOCK);

	statement_bind_u64(row, 1, number);
	if (!statement_find(found, row, error))
		return false;
	bool ok = true;
	if (*found) {
		time->seconds = statement_u64(row, 1);
		ok = statement_hash(hash, row, 0, error);
	}
	statement_end(row);
	return ok;
}

/* The bytes that the statement has for an eth_block, viewed until the next
 * call.
 */
static bool view_bytes(struct snapshot_reader *reader, bool *found,
		       struct bytes *out, const char *sql, uint64_t number,
		       struct error *error)
{
	struct statement *row = begin(reader, sql);

	statement_bind_u64(row, 1, number);
	if (!statement_find(found, row, error))
		return false;
	if (*found)
		*out = statement_bytes(row, 0);
	reader->viewed = row;
	return true;
}

bool snapshot_reader_header(struct snapshot_reader *reader, bool *found,
			    struct bytes *header, uint64_t number,
			    struct error *error)
{
	assert_pass(reader);
	return view_bytes(reader, found, header, SQL_SNAPSHOT_HEADER, number,
			  error);
}

bool snapshot_reader_receipts(struct snapshot_reader *reader, bool *found,
			      struct bytes *receipts, uint64_t number,
			      struct error *error)
{
	assert_pass(reader);
	return view_bytes(reader, found, receipts, SQL_SNAPSHOT_RECEIPTS,
			  number, error);
}

/* ---- events ---- */

bool snapshot_reader_events_from(struct snapshot_reader *reader,
				 uint64_t eth_block_number, uint32_t log_index,
				 struct error *error)
{
	(void)error; /* the first step says what is wrong */
	assert_pass(reader);
	if (reader->walk != NULL)
		statement_end(reader->walk);
	reader->walk =
		statement_begin(reader->database, SQL_SNAPSHOT_EVENTS_FROM);
	statement_bind_u64(reader->walk, 1, eth_block_number);
	statement_bind_u64(reader->walk, 2, log_index);
	return true;
}

static unsigned int role_of(const struct snapshot_identity *identity,
			    const struct address *contract)
{
	if (address_equal(contract, &identity->plasma_framework))
		return CONTRACT_ROLE_FRAMEWORK;
	if (address_equal(contract, &identity->eth_vault))
		return CONTRACT_ROLE_ETH_VAULT;
	if (address_equal(contract, &identity->erc20_vault))
		return CONTRACT_ROLE_ERC20_VAULT;
	if (address_equal(contract, &identity->payment_exit_game))
		return CONTRACT_ROLE_EXIT_GAME;
	return 0;
}

static bool read_log(struct eth_log *log, struct root_time *time,
		     struct statement *row, struct error *error)
{
	struct bytes topics = statement_bytes(row, 5);

	log->eth_block_number = statement_u64(row, 0);
	log->log_index = (uint32_t)statement_u64(row, 1);
	log->eth_transaction_index = (uint32_t)statement_u64(row, 2);
	log->topic_count = topics.len / 32;
	log->data = statement_bytes(row, 6);
	time->seconds = statement_u64(row, 8);
	if (topics.len % 32 != 0 || log->topic_count > ETH_LOG_MAX_TOPICS)
		return error_set(error, ERROR_BAD_INPUT,
				 "the snapshot is damaged: topics of a log");
	for (size_t i = 0; i < log->topic_count; i++)
		memcpy(log->topics[i].bytes, topics.data + 32 * i, 32);
	return statement_hash(&log->eth_transaction_hash, row, 3, error) &&
	       statement_address(&log->address, row, 4, error) &&
	       statement_hash(&log->eth_block_hash, row, 7, error);
}

enum snapshot_next snapshot_reader_next_event(struct snapshot_reader *reader,
					      struct snapshot_event *event,
					      struct error *error)
{
	assert_pass(reader);
	assert(reader->walk != NULL);
	enum statement_result result = statement_step(reader->walk, error);

	if (result == STATEMENT_FAILED)
		return SNAPSHOT_NEXT_FAILED;
	if (result == STATEMENT_DONE)
		return SNAPSHOT_NEXT_END;
	memset(event, 0, sizeof(*event));
	if (!read_log(&event->log, &event->time, reader->walk, error))
		return SNAPSHOT_NEXT_FAILED;
	event->verdict = contract_event_decode(&event->event, &event->log);
	/* A name that its contract does not use means nothing. */
	if (event->verdict != CONTRACT_EVENT_VALID ||
	    (contract_event_emitters(event->event.kind) &
	     role_of(&reader->identity, &event->log.address)) == 0)
		event->event.kind = CONTRACT_EVENT_UNKNOWN;
	return SNAPSHOT_NEXT_EVENT;
}

/* ---- child blocks ---- */

bool snapshot_reader_block(struct snapshot_reader *reader, bool *found,
			   struct snapshot_block *block, uint64_t blknum,
			   struct error *error)
{
	assert_pass(reader);
	struct statement *row = begin(reader, SQL_SNAPSHOT_CHILD_BLOCK);

	statement_bind_u64(row, 1, blknum);
	if (!statement_find(found, row, error))
		return false;
	bool ok = true;
	if (*found) {
		block->blknum = statement_u64(row, 0);
		block->eth_block_number = statement_u64(row, 2);
		block->log_index = (uint32_t)statement_u64(row, 3);
		block->time.seconds = statement_u64(row, 5);
		ok = statement_hash(&block->root, row, 1, error) &&
		     statement_hash(&block->eth_block_hash, row, 4, error) &&
		     statement_hash(&block->eth_transaction_hash, row, 6,
				    error);
	}
	statement_end(row);
	return ok;
}

bool snapshot_reader_deposit_tx(struct snapshot_reader *reader, bool *found,
				bool *known, struct bytes *raw, uint64_t blknum,
				struct error *error)
{
	assert_pass(reader);
	struct statement *row = begin(reader, SQL_SNAPSHOT_DEPOSIT_TX);

	statement_bind_u64(row, 1, blknum);
	if (!statement_find(found, row, error))
		return false;
	*known = *found && !statement_is_null(row, 0);
	if (*known)
		*raw = statement_bytes(row, 0);
	reader->viewed = row;
	return true;
}

/* ---- the contracts' own state ---- */

static bool read_amount(struct snapshot_reader *reader, struct amount *amount,
			const char *name, struct error *error)
{
	struct u256 word;

	if (!read_word(reader, &word, name, error))
		return false;
	*amount = amount_from_u256(word);
	return true;
}

bool snapshot_reader_state(struct snapshot_reader *reader,
			   struct snapshot_state *state, struct error *error)
{
	struct network_answers answers;

	assert_pass(reader);
	if (!read_number(reader, &state->next_child_block, "next_child_block",
			 error) ||
	    !read_number(reader, &state->next_deposit, "next_deposit", error) ||
	    !read_answers(reader, &answers, error) ||
	    !read_amount(reader, &state->standard_exit_bond_wei,
			 "standard_exit_bond", error) ||
	    !read_amount(reader, &state->standard_exit_bounty_wei,
			 "standard_exit_bounty", error) ||
	    !read_amount(reader, &state->ife_bond_wei, "ife_bond", error) ||
	    !read_amount(reader, &state->piggyback_bond_wei, "piggyback_bond",
			 error) ||
	    !read_amount(reader, &state->piggyback_bounty_wei,
			 "piggyback_bounty", error))
		return false;
	state->min_exit_period = answers.min_exit_period;
	state->extensions = answers.extensions;
	state->authority = answers.authority;
	return true;
}

static bool read_token(struct snapshot_token *out, struct statement *row,
		       struct error *error)
{
	struct u256 minimum;
	struct u256 balance;
	struct u256 credits;

	if (!statement_address(&out->token.address, row, 0, error) ||
	    !statement_u256(&minimum, row, 1, error) ||
	    !statement_u256(&balance, row, 3, error) ||
	    !statement_u256(&credits, row, 4, error))
		return false;
	out->minimum_deposit = amount_from_u256(minimum);
	out->has_exit_queue = statement_u64(row, 2) != 0;
	out->vault_balance = amount_from_u256(balance);
	out->total_credits = amount_from_u256(credits);
	return true;
}

bool snapshot_reader_token(struct snapshot_reader *reader, bool *found,
			   struct snapshot_token *out,
			   const struct token *token, struct error *error)
{
	assert_pass(reader);
	struct statement *row = begin(reader, SQL_SNAPSHOT_TOKEN);

	statement_bind_address(row, 1, &token->address);
	if (!statement_find(found, row, error))
		return false;
	bool ok = !*found || read_token(out, row, error);
	statement_end(row);
	return ok;
}

bool snapshot_reader_tokens(struct snapshot_reader *reader,
			    struct snapshot_token *out, size_t *count,
			    size_t capacity, struct error *error)
{
	assert_pass(reader);
	struct statement *row = begin(reader, SQL_SNAPSHOT_TOKENS);
	enum statement_result result;

	*count = 0;
	while ((result = statement_step(row, error)) == STATEMENT_ROW) {
		if (*count < capacity &&
		    !read_token(&out[*count], row, error)) {
			result = STATEMENT_FAILED;
			break;
		}
		*count += 1;
	}
	statement_end(row);
	return result == STATEMENT_DONE;
}

bool snapshot_reader_code_hash(struct snapshot_reader *reader, bool *found,
			       struct hash *code_hash,
			       const struct address *contract,
			       struct error *error)
{
	assert_pass(reader);
	struct statement *row = begin(reader, SQL_SNAPSHOT_CODE_HASH);

	statement_bind_address(row, 1, contract);
	if (!statement_find(found, row, error))
		return false;
	bool ok = !*found || statement_hash(code_hash, row, 0, error);
	statement_end(row);
	return ok;
}
