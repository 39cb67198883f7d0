/* SPDX-License-Identifier: MIT */
#include "rootchain/trace_fetch.h"

#include <jansson.h>
#include <stdio.h>

#include "common/base/hex.h"
#include "common/chain/deposit.h"
#include "common/ethereum/contract_calls.h"
#include "common/service/root_chain_batch.h"
#include "common/service/strict_json.h"

/* Calls within one transaction that are looked at. */
#define MOST_CALLS 4096
#define INPUT_CEILING ((size_t)1 << 20)

/* Whether a call is the deposit; then its bytes are appended. */
static bool is_deposit(struct growing_buffer *raw, const json_t *call,
		       const struct address *vault, const struct hash *root)
{
	struct growing_buffer input;
	struct address to;
	struct error problem;
	struct bytes bytes;
	bool ok = false;

	if (!strict_json_bytes(to.bytes, 20, call, "to", &problem) ||
	    !address_equal(&to, vault))
		return false;
	growing_buffer_init(&input, INPUT_CEILING);
	if (strict_json_data(&input, json_object_get(call, "input"),
			     &problem) &&
	    contract_call_read_deposit(&bytes, growing_buffer_view(&input))) {
		struct hash own = deposit_root(bytes);

		ok = hash_equal(&own, root) && growing_buffer_put(raw, bytes);
	}
	growing_buffer_clear(&input);
	return ok;
}

/* All calls, outermost first, without recursion. */
static bool search(struct growing_buffer *raw, const json_t *trace,
		   const struct address *vault, const struct hash *root)
{
	json_t *open = json_array();
	bool found = false;

	/* What cannot be kept is not looked at. */
	(void)json_array_append(open,
				(json_t *)json_object_get(trace, "calls"));
	found = is_deposit(raw, trace, vault, root);
	for (size_t i = 0; !found && i < json_array_size(open); i++) {
		const json_t *calls = json_array_get(open, i);

		for (size_t k = 0; !found && k < json_array_size(calls); k++) {
			const json_t *call = json_array_get(calls, k);
			json_t *inner = json_object_get(call, "calls");

			found = is_deposit(raw, call, vault, root);
			if (inner != NULL && json_array_size(open) < MOST_CALLS)
				(void)json_array_append(open, inner);
		}
	}
	json_decref(open);
	return found;
}

bool trace_fetch_deposit(struct rootchain_client *client, size_t endpoint,
			 bool *found, struct growing_buffer *raw,
			 const struct hash *eth_transaction_hash,
			 const struct address *vault, const struct hash *root,
			 uint64_t timeout_ms, struct error *error)
{
	struct root_chain_batch *batch = root_chain_batch_new();
	char text[HEX_SIZE(32)];
	char params[HEX_SIZE(32) + 64];
	struct error refusal;
	json_t *trace;

	hex_encode(text, bytes_view(eth_transaction_hash->bytes, 32));
	(void)snprintf(params, sizeof(params),
		       "[\"%s\",{\"tracer\":\"callTracer\"}]",
		       text); /* it fits */
	/* It is call 0. */
	(void)root_chain_batch_add(batch, "debug_traceTransaction", params);
	if (!rootchain_client_ask(client, endpoint, &batch, timeout_ms, error))
		return false;
	*found = root_chain_batch_result(&trace, batch, 0, &refusal) &&
		 search(raw, trace, vault, root);
	root_chain_batch_free(batch);
	return true;
}
