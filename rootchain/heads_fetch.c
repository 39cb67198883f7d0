/* SPDX-License-Identifier: MIT */
#include "rootchain/heads_fetch.h"

#include <assert.h>

#include "common/base/growing_buffer.h"
#include "common/service/network_check.h"
#include "common/service/root_chain_reader.h"
#include "rootchain/eth_block_proof.h"

/* Those who answer later than this behind the last that was needed are not
 * waited for. */
#define GRACE_MS 1000
#define ARENA_CEILING ((size_t)64 << 20)

/* The calls of the question, in order. */
enum {
	CALL_NETWORK,
	CALL_DEPLOYMENT = CALL_NETWORK + NETWORK_CHECK_CALLS,
	CALL_ANCHOR,
	CALL_LATEST,
	CALL_SAFE,
	CALL_FINALIZED
};

struct taking {
	struct rootchain_client *client;
	const struct network *network;
	struct arena arena;
	struct growing_buffer rlp;
};

static void start(struct rootchain_client *client, const bool *ask,
		  struct endpoint_head *heads, const struct network *network,
		  uint64_t anchor)
{
	for (size_t i = 0; i < rootchain_client_count(client); i++) {
		const struct eth_point points[] = {
			{ .kind = ETH_POINT_NUMBER,
			  .number = network->deployment_block },
			{ .kind = ETH_POINT_NUMBER, .number = anchor },
			{ .kind = ETH_POINT_LATEST },
			{ .kind = ETH_POINT_SAFE },
			{ .kind = ETH_POINT_FINALIZED },
		};

		heads[i] = (struct endpoint_head){ .is_asked = false };
		if (!ask[i] || rootchain_client_is_busy(client, i))
			continue;
		heads[i].is_asked = true;
		struct root_chain_batch *batch = root_chain_batch_new();
		/* The indexes are those of the enum. */
		(void)network_check_add(batch, network);
		for (size_t k = 0; k < sizeof(points) / sizeof(points[0]); k++)
			(void)root_chain_reader_add_block(batch, &points[k]);
		rootchain_client_start(client, i, batch);
	}
}

static bool take_header(struct taking *taking,
			const struct root_chain_batch *batch, size_t index,
			bool *found, struct root_chain_block *block,
			struct error *error)
{
	if (!root_chain_reader_take_block(batch, index, found, block,
					  &taking->arena, error))
		return false;
	if (!*found)
		return true;
	enum eth_block_verdict verdict = eth_block_proof_header(
		&taking->rlp, block, block->header.number, NULL);
	return verdict == ETH_BLOCK_PROVED ||
	       error_set(error, ERROR_PROTOCOL, "eth_block %llu: %s",
			 (unsigned long long)block->header.number,
			 eth_block_verdict_text(verdict));
}

/* Some nodes refuse a tag that they do not know, others have nothing there. */
static bool take_tag(struct taking *taking,
		     const struct root_chain_batch *batch, size_t index,
		     bool *found, struct root_chain_block *block,
		     struct error *error)
{
	if (take_header(taking, batch, index, found, block, error))
		return true;
	*found = false;
	return error->code == ERROR_REFUSED;
}

static bool check_chain(struct taking *taking,
			const struct root_chain_batch *batch,
			struct error *error)
{
	struct root_chain_block block;
	bool found;

	if (!network_check_take_chain(batch, CALL_NETWORK, taking->network,
				      error))
		return false;
	if (!take_header(taking, batch, CALL_DEPLOYMENT, &found, &block, error))
		return false;
	if (!found)
		return error_set(error, ERROR_UNREACHABLE,
				 "it has not the eth_block of the deployment");
	if (!hash_equal(&block.hash, &taking->network->deployment_block_hash))
		return error_set(
			error, ERROR_CONFIG,
			"its chain has another eth_block %llu, in which the "
			"contracts were deployed",
			(unsigned long long)taking->network->deployment_block);
	return network_check_take_contract(batch, CALL_NETWORK, taking->network,
					   &taking->arena, error);
}

static bool take_levels(struct taking *taking, struct endpoint_head *head,
			const struct root_chain_batch *batch,
			struct error *error)
{
	struct root_chain_block block;

	if (!take_tag(taking, batch, CALL_SAFE, &head->has_safe, &block, error))
		return false;
	if (head->has_safe)
		head->safe = block.header.number;
	if (!take_tag(taking, batch, CALL_FINALIZED, &head->has_finalized,
		      &block, error))
		return false;
	if (head->has_finalized)
		head->finalized = block.header.number;
	if (!take_header(taking, batch, CALL_ANCHOR, &head->has_anchor, &block,
			 error))
		return false;
	if (head->has_anchor)
		head->anchor_hash = block.hash;
	return true;
}

static bool take_head(struct taking *taking, struct endpoint_head *head,
		      const struct root_chain_batch *batch, struct error *error)
{
	struct root_chain_block block;
	bool found;

	if (!check_chain(taking, batch, error) ||
	    !take_header(taking, batch, CALL_LATEST, &found, &block, error))
		return false;
	if (!found)
		return error_set(error, ERROR_PROTOCOL, "it has no head");
	if (block.header.number < taking->network->deployment_block)
		return error_set(error, ERROR_UNREACHABLE,
				 "its head is older than the deployment");
	head->number = block.header.number;
	head->hash = block.hash;
	head->parent_hash = block.header.parent_hash;
	head->state_root = block.header.state_root;
	head->time = block.header.time;
	return take_levels(taking, head, batch, error);
}

void heads_fetch(struct endpoint_head out[HEADS_FETCH_MAX_ENDPOINTS],
		 struct rootchain_client *client, const bool *ask,
		 const struct network *network, uint64_t anchor, size_t enough,
		 uint64_t timeout_ms)
{
	struct taking taking = { .client = client, .network = network };

	assert(rootchain_client_count(client) <= HEADS_FETCH_MAX_ENDPOINTS);
	arena_init(&taking.arena, ARENA_CEILING);
	growing_buffer_init(&taking.rlp, ETH_HEADER_MAX_LEN);
	start(client, ask, out, network, anchor);
	rootchain_client_wait(client, enough, timeout_ms, GRACE_MS);
	for (size_t i = 0; i < rootchain_client_count(client); i++) {
		struct root_chain_batch *batch;

		if (!out[i].is_asked ||
		    !rootchain_client_take(client, i, &batch, &out[i].error))
			continue;
		out[i].is_answered =
			take_head(&taking, &out[i], batch, &out[i].error) ||
			error_wrap(&out[i].error, "%s",
				   rootchain_client_name(client, i));
		root_chain_batch_free(batch);
		arena_reset(&taking.arena);
	}
	growing_buffer_clear(&taking.rlp);
	arena_clear(&taking.arena);
}

void heads_fetch_hashes(struct hash *out, bool *known,
			struct rootchain_client *client, const bool *ask,
			uint64_t number, size_t enough, uint64_t timeout_ms)
{
	const struct eth_point point = { .kind = ETH_POINT_NUMBER,
					 .number = number };
	struct taking taking = { .client = client };
	bool started[HEADS_FETCH_MAX_ENDPOINTS] = { false };

	arena_init(&taking.arena, ARENA_CEILING);
	growing_buffer_init(&taking.rlp, ETH_HEADER_MAX_LEN);
	for (size_t i = 0; i < rootchain_client_count(client); i++) {
		known[i] = false;
		if (!ask[i] || rootchain_client_is_busy(client, i))
			continue;
		started[i] = true;
		struct root_chain_batch *batch = root_chain_batch_new();
		(void)root_chain_reader_add_block(batch, &point); /* call 0 */
		rootchain_client_start(client, i, batch);
	}
	rootchain_client_wait(client, enough, timeout_ms, GRACE_MS);
	for (size_t i = 0; i < rootchain_client_count(client); i++) {
		struct root_chain_batch *batch;
		struct root_chain_block block;
		struct error problem;
		bool found;

		if (!started[i] ||
		    !rootchain_client_take(client, i, &batch, &problem))
			continue;
		known[i] = take_header(&taking, batch, 0, &found, &block,
				       &problem) &&
			   found && block.header.number == number;
		if (known[i])
			out[i] = block.hash;
		root_chain_batch_free(batch);
		arena_reset(&taking.arena);
	}
	growing_buffer_clear(&taking.rlp);
	arena_clear(&taking.arena);
}
