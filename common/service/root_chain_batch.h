/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_ROOT_CHAIN_BATCH_H
#define PLASMA_COMMON_SERVICE_ROOT_CHAIN_BATCH_H

/*
 * Many calls of JSON-RPC in few requests. The calls are added, asked together,
 * and each has its own answer, whatever the order in which the node gives them:
 * a result, or the node's refusal.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/root_chain_rpc.h"

struct root_chain_batch;

/* Own with root_chain_batch_free(). */
struct root_chain_batch *root_chain_batch_new(void);
void root_chain_batch_free(struct root_chain_batch *batch);

/* Adds a call with a JSON list of parameters, which is copied; `method` is
 * borrowed for the life of the batch. Returns the call's index. */
size_t root_chain_batch_add(struct root_chain_batch *batch, const char *method,
			    const char *params);

size_t root_chain_batch_count(const struct root_chain_batch *batch);

/* True if every call has its answer. */
bool root_chain_batch_is_complete(const struct root_chain_batch *batch);

/* One request: asks the first calls that have no answer yet, at most `most` of
 * them; 1 asks without the list that some nodes refuse. Nothing if the batch is
 * complete. Errors are those of root_chain_rpc_call(), ERROR_REFUSED when a
 * node refuses a request as a whole. */
NODISCARD bool root_chain_batch_ask(struct root_chain_batch *batch,
				    struct root_chain_rpc *rpc, size_t most,
				    struct error *error);

/* The result of a call that was asked, borrowed. ERROR_REFUSED: what the node
 * said instead. */
NODISCARD bool root_chain_batch_result(json_t **result,
				       const struct root_chain_batch *batch,
				       size_t index, struct error *error);

/* The name of the method, for messages. */
const char *root_chain_batch_method(const struct root_chain_batch *batch,
				    size_t index);

#endif
