/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_DEPLOYMENT_H
#define PLASMA_OPERATOR_DEPLOYMENT_H

/*
 * How the contracts are put onto a root chain: which root-chain transactions,
 * in which order (protocol.md 14.4), and what must be true afterwards. Pure:
 * the addresses follow from the deployer's, whose account is fresh, so that all
 * transactions are known before the first one is sent.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/chain/amount.h"

#define DEPLOYMENT_NAME_SIZE 64
#define DEPLOYMENT_MAX_CONTRACTS 40
#define DEPLOYMENT_MAX_STEPS 256
#define DEPLOYMENT_MAX_TOKENS 32
#define DEPLOYMENT_MAX_LINKS 64

/* Where in the code of a contract the address of a library belongs. */
struct contract_link {
	char library[DEPLOYMENT_NAME_SIZE];
	size_t offset;
};

/* A compiled contract; places of libraries are zero in `code`. */
struct contract_artifact {
	char name[DEPLOYMENT_NAME_SIZE];
	struct growing_buffer code; /* that creates it */
	struct contract_link links[DEPLOYMENT_MAX_LINKS];
	size_t link_count;
};

struct deployment_token {
	struct token token;
	struct amount minimum; /* smallest deposit */
};

struct deployment_request {
	struct address deployer; /* whose nonce is 0 */
	struct address authority;
	struct address maintainer;
	uint64_t exit_period; /* seconds */
	struct deployment_token tokens[DEPLOYMENT_MAX_TOKENS];
	size_t token_count; /* ETH among them */
};

/* One root-chain transaction; its nonce is its index. */
struct deployment_step {
	char what[96]; /* for people: "PlasmaFramework", "registerVault" */
	bool creates;
	struct address contract; /* that is made or called */
	struct growing_buffer data;
	uint64_t gas_limit;
};

struct deployed_contract {
	char name[DEPLOYMENT_NAME_SIZE];
	struct address address;
};

/* A call that must return exactly these bytes when all is done. */
struct deployment_check {
	char what[96];
	struct address contract;
	struct growing_buffer call;
	struct growing_buffer expected;
};

struct deployment;

/* The names of the contracts whose artifacts are needed, without libraries;
 * ends with NULL. */
extern const char *const deployment_contract_names[];

/* Makes the plan. `artifacts` has every contract and every library, in any
 * order; ERROR_BAD_INPUT names one that is missing. Own with
 * deployment_free(). */
NODISCARD bool deployment_new(struct deployment **out,
			      const struct deployment_request *request,
			      const struct contract_artifact *artifacts,
			      size_t artifact_count, struct error *error);
void deployment_free(struct deployment *deployment);

size_t deployment_step_count(const struct deployment *deployment);
const struct deployment_step *
deployment_step_borrow(const struct deployment *deployment, size_t index);

size_t deployment_contract_count(const struct deployment *deployment);
const struct deployed_contract *
deployment_contract_borrow(const struct deployment *deployment, size_t index);

/* The address of a contract of the plan (asserted to be one). */
struct address deployment_address(const struct deployment *deployment,
				  const char *name);

size_t deployment_check_count(const struct deployment *deployment);
const struct deployment_check *
deployment_check_borrow(const struct deployment *deployment, size_t index);

/* The address of the contract that `sender` makes with `nonce`. */
struct address deployment_contract_address(const struct address *sender,
					   uint64_t nonce);

#endif
