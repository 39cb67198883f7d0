/* SPDX-License-Identifier: MIT */
#include "rootchain/facts_store.h"

#include <string.h>

#include "common/base/memory.h"
#include "common/store/statement.h"
#include "sql/rootchain_sql.h"

static bool apply_state_log(struct contract_facts *facts, struct statement *row,
			    struct error *error)
{
	struct bytes topics = statement_bytes(row, 1);
	struct eth_log log = { .topic_count = topics.len / 32,
			       .data = statement_bytes(row, 2) };
	struct root_time time = { statement_u64(row, 3) };
	struct contract_event event;

	if (topics.len % 32 != 0 || log.topic_count > ETH_LOG_MAX_TOPICS)
		return error_set(error, ERROR_BAD_INPUT,
				 "the snapshot is damaged: topics of a log");
	for (size_t i = 0; i < log.topic_count; i++)
		memcpy(log.topics[i].bytes, topics.data + 32 * i, 32);
	if (!statement_address(&log.address, row, 0, error))
		return false;
	if (contract_event_decode(&event, &log) != CONTRACT_EVENT_VALID)
		return error_set(error, ERROR_BAD_INPUT,
				 "the snapshot is damaged: a log is not the "
				 "event that it is filed as");
	contract_facts_apply(facts, &log.address, &event, time);
	return true;
}

bool facts_store_read(struct database *database, struct contract_facts *facts,
		      uint64_t last, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_ROOTCHAIN_STATE_LOGS);
	enum statement_result result;

	statement_bind_u64(row, 1, last);
	while ((result = statement_step(row, error)) == STATEMENT_ROW) {
		if (!apply_state_log(facts, row, error)) {
			result = STATEMENT_FAILED;
			break;
		}
	}
	statement_end(row);
	return result == STATEMENT_DONE;
}

static bool wrong(struct error *error, const char *what)
{
	return error_set(error, ERROR_BAD_INPUT,
			 "the snapshot is not what the root chain says: %s at "
			 "the head is not what follows from the logs",
			 what);
}

static bool check_bond(const struct contract_facts *facts,
		       enum contract_facts_bond_kind kind, struct root_time now,
		       struct amount bond, const struct amount *bounty)
{
	struct contract_facts_bond is =
		contract_facts_bond_at(facts, kind, now);

	return amount_equal(is.bond_wei, bond) &&
	       (bounty == NULL || amount_equal(is.bounty_wei, *bounty));
}

static bool check_words(struct database *database,
			const struct contract_facts *facts,
			const struct snapshot_state *state,
			const struct snapshot_head *head, struct error *error)
{
	struct statement *row =
		statement_begin(database, SQL_ROOTCHAIN_NEWEST_BLKNUM_AT);
	struct root_time now = head->time;

	statement_bind_u64(row, 1, head->number);
	enum statement_result result = statement_step(row, error);
	uint64_t newest = 0;
	if (result == STATEMENT_ROW && !statement_is_null(row, 0))
		newest = statement_u64(row, 0);
	statement_end(row);
	if (result == STATEMENT_FAILED)
		return false;
	if (state->next_child_block !=
		    contract_facts_next_child_block(newest) ||
	    state->next_deposit != contract_facts_next_deposit(newest))
		return wrong(error, "a counter of blocks");
	return (check_bond(facts, CONTRACT_FACTS_BOND_STANDARD_EXIT, now,
			   state->standard_exit_bond_wei,
			   &state->standard_exit_bounty_wei) &&
		check_bond(facts, CONTRACT_FACTS_BOND_IFE, now,
			   state->ife_bond_wei, NULL) &&
		check_bond(facts, CONTRACT_FACTS_BOND_PIGGYBACK, now,
			   state->piggyback_bond_wei,
			   &state->piggyback_bounty_wei)) ||
	       wrong(error, "a bond");
}

static bool check_tokens(const struct contract_facts *facts,
			 struct snapshot_reader *reader, struct error *error)
{
	struct snapshot_token *rows =
		memory_new(CONTRACT_FACTS_MAX_TOKENS + 1, sizeof(*rows));
	size_t count;
	size_t want;
	const struct contract_facts_token *tokens =
		contract_facts_tokens_borrow(facts, &want);

	bool ok = snapshot_reader_tokens(reader, rows, &count,
					 CONTRACT_FACTS_MAX_TOKENS, error);
	if (ok && count != want)
		ok = wrong(error, "the list of tokens");
	for (size_t i = 0; ok && i < count; i++) {
		if (!token_equal(&rows[i].token, &tokens[i].token) ||
		    !amount_equal(rows[i].minimum_deposit,
				  tokens[i].minimum_deposit) ||
		    rows[i].has_exit_queue != tokens[i].has_exit_queue ||
		    !amount_equal(rows[i].total_credits, tokens[i].credits))
			ok = wrong(error, "a token");
	}
	memory_free(rows);
	return ok;
}

static bool check_codes(struct snapshot_reader *reader,
			const struct network *network, struct error *error)
{
	struct hash code_hash;
	bool found;

	for (size_t i = 0; i < network->code_count; i++) {
		if (!snapshot_reader_code_hash(reader, &found, &code_hash,
					       &network->codes[i].contract,
					       error))
			return false;
		if (!found ||
		    !hash_equal(&code_hash, &network->codes[i].code_hash))
			return error_set(error, ERROR_BAD_INPUT,
					 "a contract has other code than the "
					 "network file says");
	}
	return true;
}

/* Enough of a network to derive state, when nobody gave one. */
static struct network *network_of_new(struct snapshot_reader *reader,
				      const struct snapshot_state *state)
{
	const struct snapshot_identity identity =
		snapshot_reader_identity(reader);
	struct network *network = memory_new(1, sizeof(*network));

	network->plasma_framework = identity.plasma_framework;
	network->eth_vault = identity.eth_vault;
	network->erc20_vault = identity.erc20_vault;
	network->payment_exit_game = identity.payment_exit_game;
	network->extensions = state->extensions;
	return network;
}

bool facts_store_check(struct database *database,
		       struct snapshot_reader *reader,
		       struct snapshot_state *state,
		       const struct snapshot_head *head,
		       const struct network *network, struct error *error)
{
	if (!snapshot_reader_state(reader, state, error))
		return false;
	struct network *own = network_of_new(reader, state);
	struct contract_facts *facts =
		contract_facts_new(network == NULL ? own : network);
	bool ok = facts_store_read(database, facts, head->number, error) &&
		  check_words(database, facts, state, head, error) &&
		  check_tokens(facts, reader, error) &&
		  (network == NULL || check_codes(reader, network, error));
	contract_facts_free(facts);
	memory_free(own);
	return ok;
}
