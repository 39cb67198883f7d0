/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_ROOT_CHAIN_RPC_H
#define PLASMA_COMMON_SERVICE_ROOT_CHAIN_RPC_H

/*
 * One root-chain node, asked by JSON-RPC over HTTP. Every answer is judged
 * before it is believed to be well-formed; whether it is true is the caller's
 * to find out. One client belongs to one thread.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/base/instant.h"
#include "common/base/u256.h"
#include "common/service/http_client.h"

struct root_chain_rpc;

/* `max_answer` is the longest answer in bytes. Own with root_chain_rpc_free().
 */
struct root_chain_rpc *root_chain_rpc_new(const char *url,
					  struct http_limits limits,
					  size_t max_answer);
void root_chain_rpc_free(struct root_chain_rpc *rpc);

/* Another node that root_chain_rpc_call() asks when the one before does not
 * answer, or answers nonsense; whoever answered last is asked first. */
void root_chain_rpc_also(struct root_chain_rpc *rpc, const char *url);

/* The URL of the node that is asked, without its credentials. */
const char *root_chain_rpc_name(const struct root_chain_rpc *rpc);

/* Calls a method with a JSON list of parameters. The result is given back with
 * json_decref(). ERROR_UNREACHABLE: no answer; ERROR_PROTOCOL: not an answer;
 * ERROR_REFUSED: the node refuses, with its code and message. */
NODISCARD bool root_chain_rpc_call(struct root_chain_rpc *rpc, json_t **result,
				   const char *method, const char *params,
				   struct error *error);

/* Posts a request as it is, to the node that is asked now, and gives the body
 * of the answer, which is valid until the next call of this client.
 * ERROR_UNREACHABLE: no answer, or one that only HTTP gives (too many requests,
 * a gateway's error). */
NODISCARD bool root_chain_rpc_exchange(struct root_chain_rpc *rpc,
				       struct bytes *answer,
				       struct bytes request,
				       struct error *error);

/* Says that the node gave `text` where the answer to `method` was to come:
 * ERROR_PROTOCOL with the beginning of it; false. */
bool root_chain_rpc_no_answer(const struct root_chain_rpc *rpc,
			      const char *method, struct bytes text,
			      struct error *error);

/* The first of `count` ids that no other question of this client has. */
uint64_t root_chain_rpc_take_ids(struct root_chain_rpc *rpc, size_t count);

/* From any thread: what is under way, and all that follows, fails soon. */
void root_chain_rpc_cancel(struct root_chain_rpc *rpc);

NODISCARD bool root_chain_rpc_chain_id(struct root_chain_rpc *rpc,
				       uint64_t *chain_id, struct error *error);

struct root_chain_head {
	uint64_t number;
	struct hash hash;
	struct root_time time;
	uint64_t gas_limit; /* of all its transactions together */
	struct u256 base_fee_wei;
};

/* The newest eth_block. */
NODISCARD bool root_chain_rpc_head(struct root_chain_rpc *rpc,
				   struct root_chain_head *head,
				   struct error *error);

/* The hash of an eth_block by number; `found` false if there is none. */
NODISCARD bool root_chain_rpc_block_hash(struct root_chain_rpc *rpc,
					 bool *found, struct hash *hash,
					 uint64_t number, struct error *error);

/* Transactions that the account has sent: mined ones. */
NODISCARD bool root_chain_rpc_nonce(struct root_chain_rpc *rpc, uint64_t *nonce,
				    const struct address *account,
				    struct error *error);

/* The same as it was after an eth_block. ERROR_REFUSED: the node does not
 * remember that any more. */
NODISCARD bool root_chain_rpc_nonce_at(struct root_chain_rpc *rpc,
				       uint64_t *nonce,
				       const struct address *account,
				       uint64_t eth_block_number,
				       struct error *error);
NODISCARD bool root_chain_rpc_balance(struct root_chain_rpc *rpc,
				      struct u256 *balance_wei,
				      const struct address *account,
				      struct error *error);

/* Appends the code of an account; nothing if it has none. */
NODISCARD bool root_chain_rpc_code(struct root_chain_rpc *rpc,
				   struct growing_buffer *code,
				   const struct address *account,
				   struct error *error);

/* Calls a view at the newest eth_block and appends what it returns. */
NODISCARD bool root_chain_rpc_view(struct root_chain_rpc *rpc,
				   struct growing_buffer *returned,
				   const struct address *contract,
				   struct bytes call_data, struct error *error);

/* The same as it was after an eth_block. ERROR_REFUSED: the node does not have
 * or remember that one. */
NODISCARD bool root_chain_rpc_view_at(struct root_chain_rpc *rpc,
				      struct growing_buffer *returned,
				      const struct address *contract,
				      struct bytes call_data,
				      uint64_t eth_block_number,
				      struct error *error);

/* The gas that a call would take, even if it is more than an eth_block has room
 * for now. ERROR_REFUSED: it would fail. */
NODISCARD bool root_chain_rpc_estimate_gas(
	struct root_chain_rpc *rpc, uint64_t *gas, const struct address *from,
	const struct address *to, struct bytes call_data, struct error *error);

/* The same for a call that sends ether along. */
NODISCARD bool
root_chain_rpc_estimate_payment(struct root_chain_rpc *rpc, uint64_t *gas,
				const struct address *from,
				const struct address *to, struct u256 value_wei,
				struct bytes call_data, struct error *error);

/* What a node makes of a transaction that it does not refuse. */
enum root_chain_receiving {
	ROOT_CHAIN_TAKEN,
	ROOT_CHAIN_KNOWN,     /* it has the very same */
	ROOT_CHAIN_NONCE_USED /* something with its nonce is mined */
};

/* Sends a signed transaction. ERROR_REFUSED if the node will not have it. */
NODISCARD bool root_chain_rpc_send(struct root_chain_rpc *rpc,
				   enum root_chain_receiving *receiving,
				   struct bytes raw, struct error *error);

struct root_chain_receipt {
	bool succeeded;
	uint64_t eth_block_number;
	struct hash eth_block_hash;
	uint64_t gas_used;
	struct u256 gas_price_wei; /* that was paid; zero if not said */
};

/* `found` false: not mined. */
NODISCARD bool root_chain_rpc_receipt(struct root_chain_rpc *rpc, bool *found,
				      struct root_chain_receipt *receipt,
				      const struct hash *eth_transaction_hash,
				      struct error *error);

#endif
