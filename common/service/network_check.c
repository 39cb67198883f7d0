/* SPDX-License-Identifier: MIT */
#include "common/service/network_check.h"

#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/base/u256.h"
#include "common/ethereum/contract_calls.h"
#include "common/keys/address.h"
#include "common/service/eth_point.h"
#include "common/service/root_chain_state.h"

#define ARENA_CEILING ((size_t)1 << 20)

/* The calls, in order. */
enum { CALL_CHAIN_ID, CALL_MIN_EXIT_PERIOD, CALL_AUTHORITY, CALL_EXTENSIONS };

/* ---- comparing ---- */

static bool differs(const char *view, uint64_t found, uint64_t said,
		    struct error *error)
{
	return error_set(error, ERROR_CONFIG,
			 "%s of the framework is %llu, and the network file "
			 "says %llu",
			 view, (unsigned long long)found,
			 (unsigned long long)said);
}

static bool compare_authorities(const struct address *found,
				const struct address *said, struct error *error)
{
	char found_text[ADDRESS_TEXT_SIZE];
	char said_text[ADDRESS_TEXT_SIZE];

	if (address_equal(found, said))
		return true;
	address_format(found_text, found);
	address_format(said_text, said);
	return error_set(error, ERROR_CONFIG,
			 "authority() of the framework is %s, and the network "
			 "file says %s",
			 found_text, said_text);
}

bool network_check_answers(const struct network *network,
			   const struct network_answers *answers,
			   struct error *error)
{
	if (answers->min_exit_period != network->min_exit_period)
		return differs("minExitPeriod()", answers->min_exit_period,
			       network->min_exit_period, error);
	/* Who counts on less than there is loses nothing by it. */
	if ((network->extensions & ~answers->extensions) != 0)
		return differs("extensions()", answers->extensions,
			       network->extensions, error);
	return compare_authorities(&answers->authority, &network->authority,
				   error);
}

/* ---- asking ---- */

size_t network_check_add(struct root_chain_batch *batch,
			 const struct network *network)
{
	static const enum contract_view views[] = {
		CONTRACT_VIEW_MIN_EXIT_PERIOD,
		CONTRACT_VIEW_AUTHORITY,
		CONTRACT_VIEW_EXTENSIONS,
	};
	const struct eth_point now = { .kind = ETH_POINT_LATEST };
	struct growing_buffer call;
	size_t index = root_chain_batch_add(batch, "eth_chainId", "[]");

	growing_buffer_init(&call, CONTRACT_CALL_MAX_LEN);
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		contract_call_view(&call, views[i]);
		/* The index follows that of the call before. */
		(void)root_chain_state_add_view(
			batch, &network->plasma_framework,
			growing_buffer_view(&call), &now);
		growing_buffer_reset(&call);
	}
	growing_buffer_clear(&call);
	return index;
}

bool network_check_take_chain(const struct root_chain_batch *batch,
			      size_t index, const struct network *network,
			      struct error *error)
{
	struct u256 found;
	uint64_t number;

	if (!root_chain_state_take_quantity(batch, index + CALL_CHAIN_ID,
					    &found, error))
		return false;
	if (!u256_to_u64(&number, found))
		return error_set(error, ERROR_PROTOCOL,
				 "its chain id is too large");
	return number == network->chain_id ||
	       error_set(error, ERROR_CONFIG,
			 "its chain id is %llu, not the %llu of the network",
			 (unsigned long long)number,
			 (unsigned long long)network->chain_id);
}

static bool no_framework(const char *view, struct error *error)
{
	return error_set(error, ERROR_CONFIG,
			 "what it has at plasma_framework of the network file "
			 "answers no %s",
			 view);
}

/* "Absent or reverting: a contract with nothing but sections 6-8": what cannot
 * be read says 0, and what the node itself refuses says nothing. */
static bool take_extensions(const struct root_chain_batch *batch, size_t index,
			    uint64_t *out, struct arena *arena,
			    struct error *error)
{
	struct bytes data;

	*out = 0;
	if (!root_chain_state_take_data(batch, index, &data, arena, error))
		return error->code == ERROR_REFUSED &&
		       strstr(error->message, "revert") != NULL;
	if (!contract_return_u64(out, data))
		*out = 0;
	return true;
}

bool network_check_take_contract(const struct root_chain_batch *batch,
				 size_t index, const struct network *network,
				 struct arena *arena, struct error *error)
{
	struct network_answers answers;
	struct bytes data;

	if (!root_chain_state_take_data(batch, index + CALL_MIN_EXIT_PERIOD,
					&data, arena, error))
		return false;
	if (!contract_return_u64(&answers.min_exit_period, data))
		return no_framework("minExitPeriod()", error);
	if (!root_chain_state_take_data(batch, index + CALL_AUTHORITY, &data,
					arena, error))
		return false;
	if (!contract_return_address(&answers.authority, data))
		return no_framework("authority()", error);
	return take_extensions(batch, index + CALL_EXTENSIONS,
			       &answers.extensions, arena, error) &&
	       network_check_answers(network, &answers, error);
}

bool network_check_ask(struct root_chain_rpc *rpc,
		       const struct network *network, struct error *error)
{
	struct root_chain_batch *batch = root_chain_batch_new();
	size_t index = network_check_add(batch, network);
	struct arena arena;
	bool ok = true;

	arena_init(&arena, ARENA_CEILING);
	/* One by one, because some nodes take no list. */
	while (ok && !root_chain_batch_is_complete(batch))
		ok = root_chain_batch_ask(batch, rpc, 1, error);
	if (ok)
		ok = (network_check_take_chain(batch, index, network, error) &&
		      network_check_take_contract(batch, index, network, &arena,
						  error)) ||
		     error_wrap(error, "%s", root_chain_rpc_name(rpc));
	arena_clear(&arena);
	root_chain_batch_free(batch);
	return ok;
}
