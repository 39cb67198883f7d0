/* SPDX-License-Identifier: MIT */
#include "watcher/queue_loop.h"

#include <stdio.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/chain/protocol.h"
#include "common/ethereum/contract_calls.h"
#include "common/service/log.h"
#include "common/service/root_chain_batch.h"
#include "common/service/root_chain_state.h"
#include "watcher/queue_store.h"

#define ARENA_CEILING ((size_t)1 << 20)

/* The queues that are due at the head. */
static bool find_due(struct database *database, struct token *due,
		     size_t *count, const struct pass_facts *facts,
		     struct error *error)
{
	struct token tokens[PASS_MAX_STUCK];
	size_t found;

	*count = 0;
	if (!queue_store_tokens(database, tokens, &found, PASS_MAX_STUCK,
				error))
		return false;
	for (size_t i = 0; i < found && i < PASS_MAX_STUCK; i++) {
		struct queue_entry head;
		uint64_t total;
		size_t has;

		if (!queue_store_entries(database, &head, &has, 1, &total,
					 &tokens[i], error))
			return false;
		if (has > 0 && head.exitable_at < facts->now.seconds)
			due[(*count)++] = tokens[i];
	}
	return true;
}

static void add_call(struct root_chain_batch *batch, const struct token *token,
		     const struct pass_facts *facts)
{
	/* Whom a node takes as the caller when it is told none. */
	static const struct address nobody;
	const struct eth_point point = { .kind = ETH_POINT_NUMBER,
					 .number = facts->head.number };
	uint8_t vault =
		token_is_eth(token) ? PROTOCOL_VAULT_ETH : PROTOCOL_VAULT_ERC20;
	struct growing_buffer call;

	growing_buffer_init(&call, CONTRACT_CALL_MAX_LEN);
	contract_call_process_exits(&call, vault, token, 1, &nobody);
	(void)root_chain_state_add_view(
		batch, &facts->network->plasma_framework,
		growing_buffer_view(&call),
		&point); /* in the order of the queues */
	growing_buffer_clear(&call);
}

/* What a node says of a call that the contract refuses; any other refusal says
 * something about the node. */
static bool is_revert(const struct error *error)
{
	return error->code == ERROR_REFUSED &&
	       (strstr(error->message, "revert") != NULL ||
		strstr(error->message, "(3)") != NULL);
}

/* For a JSON string: what would need to be escaped is left out. */
static void put_reason(char *out, size_t size, const char *message)
{
	size_t len = 0;

	for (const char *at = message; *at != '\0' && len + 1 < size; at++) {
		if (*at >= ' ' && *at <= '~' && *at != '"' && *at != '\\')
			out[len++] = *at;
	}
	out[len] = '\0';
}

static void take_answers(const struct root_chain_batch *batch,
			 const struct token *due, size_t count,
			 struct pass_facts *facts)
{
	struct arena arena;

	arena_init(&arena, ARENA_CEILING);
	for (size_t i = 0; i < count; i++) {
		struct bytes returned;
		struct error error;

		if (root_chain_state_take_data(batch, i, &returned, &arena,
					       &error) ||
		    !is_revert(&error))
			continue;
		struct stuck_queue *stuck = &facts->stuck[facts->stuck_count++];
		stuck->token = due[i];
		put_reason(stuck->reason, sizeof(stuck->reason), error.message);
	}
	arena_clear(&arena);
}

bool queue_loop_simulate(struct root_chain_rpc *rpc, struct database *database,
			 struct pass_facts *facts, struct error *error)
{
	struct token due[PASS_MAX_STUCK];
	struct error reason;
	size_t count;

	facts->stuck_count = 0;
	if (rpc == NULL)
		return true;
	if (!find_due(database, due, &count, facts, error))
		return false;
	if (count == 0)
		return true;
	struct root_chain_batch *batch = root_chain_batch_new();
	for (size_t i = 0; i < count; i++)
		add_call(batch, &due[i], facts);
	if (root_chain_batch_ask(batch, rpc, count, &reason))
		take_answers(batch, due, count, facts);
	else
		log_event(LOG_WARNING, "no queue can be tried",
			  log_text("reason", reason.message));
	root_chain_batch_free(batch);
	return true;
}
