/* SPDX-License-Identifier: MIT */
#include "operator/deployment.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/base/writer.h"
#include "common/chain/protocol.h"
#include "common/codec/keccak256.h"
#include "common/ethereum/contract_calls.h"
#include "common/ethereum/eth_transaction.h"

/* Code and arguments of one contract; EIP-3860 allows 49152 bytes of code. */
#define CODE_CEILING 65536

#define SAFE_GAS_STIPEND 2300
#define CONTRACTS_VERSION "2.0.0"

struct deployment {
	struct deployment_request request;
	const struct contract_artifact *artifacts; /* only while it is made */
	size_t artifact_count;
	struct deployment_step steps[DEPLOYMENT_MAX_STEPS];
	size_t step_count;
	struct deployed_contract contracts[DEPLOYMENT_MAX_CONTRACTS];
	size_t contract_count;
	struct deployment_check checks[DEPLOYMENT_MAX_STEPS];
	size_t check_count;
};

#define FRAMEWORK "PlasmaFramework"
#define ETH_VERIFIER "EthDepositVerifier"
#define ETH_VAULT "EthVault"
#define ERC20_VERIFIER "Erc20DepositVerifier"
#define ERC20_VAULT "Erc20Vault"
#define REGISTRY "SpendingConditionRegistry"
#define PAYMENT_CONDITION "PaymentOutputToPaymentTxCondition"
#define FEE_CONDITION "FeeClaimOutputToPaymentTxCondition"
#define TRANSITION_VERIFIER "PaymentTransactionStateTransitionVerifier"
#define EXIT_GAME "PaymentExitGame"
#define FEE_EXIT_GAME "FeeExitGame"

/* The second condition, from payments to the reserved transaction type. */
#define RESERVED_CONDITION "PaymentOutputToPaymentTxCondition2"

const char *const deployment_contract_names[] = {
	FRAMEWORK,	     ETH_VERIFIER, ETH_VAULT,	      ERC20_VERIFIER,
	ERC20_VAULT,	     REGISTRY,	   PAYMENT_CONDITION, FEE_CONDITION,
	TRANSITION_VERIFIER, EXIT_GAME,	   FEE_EXIT_GAME,     NULL
};

struct address deployment_contract_address(const struct address *sender,
					   uint64_t nonce)
{
	uint8_t bytes[40];
	uint8_t number[9];
	struct writer scalar = writer_of(number, sizeof(number));
	struct writer writer = writer_of(bytes, sizeof(bytes));
	size_t len = u256_byte_len(u256_of(nonce));

	if (nonce == 0) {
		writer_put_byte(&scalar, 0x80);
	} else {
		if (nonce >= 0x80)
			writer_put_byte(&scalar, (uint8_t)(0x80 + len));
		writer_put_number(&scalar, nonce, len);
	}
	writer_put_byte(&writer, (uint8_t)(0xc0 + 21 + scalar.len));
	writer_put_byte(&writer, 0x80 + 20);
	writer_put(&writer, bytes_view(sender->bytes, 20));
	writer_put(&writer, writer_view(&scalar));

	struct hash hash = keccak256(writer_view(&writer));
	struct address address;
	memcpy(address.bytes, hash.bytes + 12, sizeof(address.bytes));
	return address;
}

static void put_number(struct growing_buffer *out, uint64_t number)
{
	uint8_t word[32];

	u256_to_be(word, u256_of(number));
	(void)growing_buffer_put(out, bytes_view(word, sizeof(word)));
}

static void put_address(struct growing_buffer *out,
			const struct address *address)
{
	static const uint8_t zeros[12];

	(void)growing_buffer_put(out, bytes_view(zeros, sizeof(zeros)));
	(void)growing_buffer_put(out, bytes_view(address->bytes, 20));
}

static void put_amount(struct growing_buffer *out, struct amount amount)
{
	uint8_t word[32];

	amount_to_be(word, amount);
	(void)growing_buffer_put(out, bytes_view(word, sizeof(word)));
}

static struct deployment_step *add_step(struct deployment *plan,
					const char *what)
{
	assert(plan->step_count < DEPLOYMENT_MAX_STEPS);
	struct deployment_step *step = &plan->steps[plan->step_count++];

	(void)snprintf(step->what, sizeof(step->what), "%s",
		       what); /* cut is fine */
	growing_buffer_init(&step->data, CODE_CEILING);
	return step;
}

static bool find_address(const struct deployment *plan, struct address *out,
			 const char *name)
{
	for (size_t i = 0; i < plan->contract_count; i++) {
		if (strcmp(plan->contracts[i].name, name) == 0) {
			*out = plan->contracts[i].address;
			return true;
		}
	}
	return false;
}

struct address deployment_address(const struct deployment *deployment,
				  const char *name)
{
	struct address address;
	bool found = find_address(deployment, &address, name);

	assert(found);
	return address;
}

static const struct contract_artifact *
find_artifact(const struct deployment *plan, const char *name)
{
	for (size_t i = 0; i < plan->artifact_count; i++) {
		if (strcmp(plan->artifacts[i].name, name) == 0)
			return &plan->artifacts[i];
	}
	return NULL;
}

/* Puts the step that makes a contract, all of whose libraries are made; its
 * arguments, still to be appended to the data, are in the gas already. */
static struct deployment_step *
add_creation(struct deployment *plan, const struct contract_artifact *artifact,
	     const char *as)
{
	struct deployment_step *step = add_step(plan, as);
	struct deployed_contract *made;

	assert(plan->contract_count < DEPLOYMENT_MAX_CONTRACTS);
	step->creates = true;
	step->contract = deployment_contract_address(&plan->request.deployer,
						     plan->step_count - 1);
	bool fits = growing_buffer_put(&step->data,
				       growing_buffer_view(&artifact->code));
	assert(fits);
	for (size_t i = 0; i < artifact->link_count; i++) {
		struct address library =
			deployment_address(plan, artifact->links[i].library);

		memcpy(step->data.data + artifact->links[i].offset,
		       library.bytes, sizeof(library.bytes));
	}
	/* A byte of code costs 16 gas to carry and 200 to store; what the
	 * constructors do is less than two million. */
	step->gas_limit = 2000000 + 260 * (uint64_t)artifact->code.len;
	if (step->gas_limit > ETH_TRANSACTION_MAX_GAS)
		step->gas_limit = ETH_TRANSACTION_MAX_GAS;
	made = &plan->contracts[plan->contract_count++];
	(void)snprintf(made->name, sizeof(made->name), "%s",
		       as); /* names are shorter */
	made->address = step->contract;
	return step;
}

static bool add_contract(struct deployment *plan, struct deployment_step **step,
			 const char *name, const char *as, struct error *error);

/* Makes the libraries of an artifact that are not made yet. Libraries of
 * libraries are made first; a library cannot link itself. */
static bool add_libraries(struct deployment *plan,
			  const struct contract_artifact *artifact,
			  struct error *error)
{
	for (size_t i = 0; i < artifact->link_count; i++) {
		const char *library = artifact->links[i].library;
		struct deployment_step *step;
		struct address address;

		if (artifact->links[i].offset + 20 > artifact->code.len ||
		    strcmp(library, artifact->name) == 0)
			return error_set(error, ERROR_BAD_INPUT,
					 "contract %s: library %s is linked "
					 "where it cannot be",
					 artifact->name, library);
		if (!find_address(plan, &address, library) &&
		    !add_contract(plan, &step, library, library, error))
			return false;
	}
	return true;
}

static bool add_contract(struct deployment *plan, struct deployment_step **step,
			 const char *name, const char *as, struct error *error)
{
	const struct contract_artifact *artifact = find_artifact(plan, name);

	if (artifact == NULL)
		return error_set(error, ERROR_BAD_INPUT,
				 "contract %s: not compiled", name);
	if (plan->contract_count + 2 > DEPLOYMENT_MAX_CONTRACTS)
		return error_set(error, ERROR_BAD_INPUT,
				 "contract %s: too many libraries", name);
	if (!add_libraries(plan, artifact, error))
		return false;
	*step = add_creation(plan, artifact, as);
	return true;
}

static struct growing_buffer *add_call(struct deployment *plan,
				       const char *contract, const char *what,
				       uint64_t gas_limit)
{
	struct deployment_step *step = add_step(plan, what);

	step->contract = deployment_address(plan, contract);
	step->gas_limit = gas_limit;
	return &step->data;
}

#define CALL_GAS 400000
#define QUEUE_GAS 3000000 /* makes a contract */

static bool plan_framework_and_vaults(struct deployment *plan,
				      struct error *error)
{
	const struct deployment_request *request = &plan->request;
	struct deployment_step *step;

	if (!add_contract(plan, &step, FRAMEWORK, FRAMEWORK, error))
		return false;
	struct address framework = deployment_address(plan, FRAMEWORK);
	put_number(&step->data, request->exit_period);
	put_number(&step->data, 2); /* vaults without quarantine */
	put_number(&step->data, 2); /* exit games without quarantine */
	put_address(&step->data, &request->authority);
	put_address(&step->data, &request->deployer);

	if (!add_contract(plan, &step, ETH_VERIFIER, ETH_VERIFIER, error))
		return false;
	put_number(&step->data, PROTOCOL_TX_TYPE_PAYMENT);
	put_number(&step->data, PROTOCOL_OUTPUT_TYPE_PAYMENT);
	if (!add_contract(plan, &step, ETH_VAULT, ETH_VAULT, error))
		return false;
	put_address(&step->data, &framework);
	put_number(&step->data, SAFE_GAS_STIPEND);
	if (!add_contract(plan, &step, ERC20_VERIFIER, ERC20_VERIFIER, error))
		return false;
	put_number(&step->data, PROTOCOL_TX_TYPE_PAYMENT);
	put_number(&step->data, PROTOCOL_OUTPUT_TYPE_PAYMENT);
	if (!add_contract(plan, &step, ERC20_VAULT, ERC20_VAULT, error))
		return false;
	put_address(&step->data, &framework);

	struct address address = deployment_address(plan, ETH_VERIFIER);
	contract_call_set_deposit_verifier(
		add_call(plan, ETH_VAULT, "EthVault.setDepositVerifier",
			 CALL_GAS),
		&address);
	address = deployment_address(plan, ERC20_VERIFIER);
	contract_call_set_deposit_verifier(
		add_call(plan, ERC20_VAULT, "Erc20Vault.setDepositVerifier",
			 CALL_GAS),
		&address);
	address = deployment_address(plan, ETH_VAULT);
	contract_call_register_vault(
		add_call(plan, FRAMEWORK, "registerVault(1)", CALL_GAS),
		PROTOCOL_VAULT_ETH, &address);
	address = deployment_address(plan, ERC20_VAULT);
	contract_call_register_vault(
		add_call(plan, FRAMEWORK, "registerVault(2)", CALL_GAS),
		PROTOCOL_VAULT_ERC20, &address);
	return true;
}

/* One spending condition: outputs of `output_type` by transactions of
 * `tx_type`. */
static void register_condition(struct deployment *plan, uint64_t output_type,
			       uint64_t tx_type, const char *condition)
{
	struct address address = deployment_address(plan, condition);

	contract_call_register_spending_condition(
		add_call(plan, REGISTRY, "registerSpendingCondition", CALL_GAS),
		output_type, tx_type, &address);
}

static bool plan_conditions(struct deployment *plan, struct error *error)
{
	struct address framework = deployment_address(plan, FRAMEWORK);
	struct deployment_step *step;

	if (!add_contract(plan, &step, REGISTRY, REGISTRY, error) ||
	    !add_contract(plan, &step, PAYMENT_CONDITION, PAYMENT_CONDITION,
			  error))
		return false;
	put_address(&step->data, &framework);
	put_number(&step->data, PROTOCOL_TX_TYPE_PAYMENT);
	put_number(&step->data, PROTOCOL_TX_TYPE_PAYMENT);
	if (!add_contract(plan, &step, PAYMENT_CONDITION, RESERVED_CONDITION,
			  error))
		return false;
	put_address(&step->data, &framework);
	put_number(&step->data, PROTOCOL_TX_TYPE_PAYMENT);
	put_number(&step->data, 2);
	if (!add_contract(plan, &step, FEE_CONDITION, FEE_CONDITION, error))
		return false;
	put_address(&step->data, &framework);
	put_number(&step->data, PROTOCOL_TX_TYPE_FEE);
	put_number(&step->data, PROTOCOL_OUTPUT_TYPE_FEE);
	put_number(&step->data, PROTOCOL_TX_TYPE_PAYMENT);

	register_condition(plan, PROTOCOL_OUTPUT_TYPE_PAYMENT,
			   PROTOCOL_TX_TYPE_PAYMENT, PAYMENT_CONDITION);
	register_condition(plan, PROTOCOL_OUTPUT_TYPE_PAYMENT, 2,
			   RESERVED_CONDITION);
	register_condition(plan, PROTOCOL_OUTPUT_TYPE_FEE,
			   PROTOCOL_TX_TYPE_PAYMENT, FEE_CONDITION);
	contract_call_renounce_ownership(
		add_call(plan, REGISTRY, "renounceOwnership", CALL_GAS));
	return true;
}

static bool plan_exit_games(struct deployment *plan, struct error *error)
{
	struct address framework = deployment_address(plan, FRAMEWORK);
	struct address registry = deployment_address(plan, REGISTRY);
	struct deployment_step *step;

	if (!add_contract(plan, &step, TRANSITION_VERIFIER, TRANSITION_VERIFIER,
			  error) ||
	    !add_contract(plan, &step, EXIT_GAME, EXIT_GAME, error))
		return false;
	struct address verifier = deployment_address(plan, TRANSITION_VERIFIER);
	put_address(&step->data, &framework);
	put_number(&step->data, PROTOCOL_VAULT_ETH);
	put_number(&step->data, PROTOCOL_VAULT_ERC20);
	put_address(&step->data, &registry);
	put_address(&step->data, &verifier);
	put_number(&step->data, PROTOCOL_TX_TYPE_PAYMENT);
	put_number(&step->data, SAFE_GAS_STIPEND);
	contract_call_init(
		add_call(plan, EXIT_GAME, "PaymentExitGame.init", 1000000));
	struct address game = deployment_address(plan, EXIT_GAME);
	contract_call_register_exit_game(
		add_call(plan, FRAMEWORK, "registerExitGame(1)", CALL_GAS),
		PROTOCOL_TX_TYPE_PAYMENT, &game, 2);
	if (!add_contract(plan, &step, FEE_EXIT_GAME, FEE_EXIT_GAME, error))
		return false;
	game = deployment_address(plan, FEE_EXIT_GAME);
	contract_call_register_exit_game(
		add_call(plan, FRAMEWORK, "registerExitGame(3)", CALL_GAS),
		PROTOCOL_TX_TYPE_FEE, &game, 2);
	return true;
}

static uint8_t vault_of(const struct token *token)
{
	return token_is_eth(token) ? PROTOCOL_VAULT_ETH : PROTOCOL_VAULT_ERC20;
}

static void plan_tokens(struct deployment *plan)
{
	const struct deployment_request *request = &plan->request;

	contract_call_set_version(
		add_call(plan, FRAMEWORK, "setVersion", CALL_GAS),
		CONTRACTS_VERSION);
	for (size_t i = 0; i < request->token_count; i++) {
		const struct token *token = &request->tokens[i].token;

		contract_call_add_exit_queue(
			add_call(plan, FRAMEWORK, "addExitQueue", QUEUE_GAS),
			vault_of(token), token);
		contract_call_set_minimum_deposit(
			add_call(plan,
				 token_is_eth(token) ? ETH_VAULT : ERC20_VAULT,
				 "setMinimumDeposit", CALL_GAS),
			token, request->tokens[i].minimum);
	}
	if (!address_equal(&request->maintainer, &request->deployer))
		contract_call_transfer_ownership(add_call(plan, FRAMEWORK,
							  "transferOwnership",
							  CALL_GAS),
						 &request->maintainer);
}

/* Adds a check and gives back where its call goes. */
static struct deployment_check *
add_check(struct deployment *plan, const char *contract, const char *what)
{
	assert(plan->check_count < DEPLOYMENT_MAX_STEPS);
	struct deployment_check *check = &plan->checks[plan->check_count++];

	(void)snprintf(check->what, sizeof(check->what), "%s %s", contract,
		       what); /* cut is fine */
	check->contract = deployment_address(plan, contract);
	growing_buffer_init(&check->call, 1024);
	growing_buffer_init(&check->expected, 1024);
	return check;
}

static void check_view_number(struct deployment *plan, const char *contract,
			      const char *what, enum contract_view view,
			      uint64_t expected)
{
	struct deployment_check *check = add_check(plan, contract, what);

	contract_call_view(&check->call, view);
	put_number(&check->expected, expected);
}

static void check_view_address(struct deployment *plan, const char *contract,
			       const char *what, enum contract_view view,
			       const struct address *expected)
{
	struct deployment_check *check = add_check(plan, contract, what);

	contract_call_view(&check->call, view);
	put_address(&check->expected, expected);
}

static void expect_contract(struct deployment *plan,
			    struct deployment_check *check, const char *name)
{
	struct address address = deployment_address(plan, name);

	put_address(&check->expected, &address);
}

static void check_framework(struct deployment *plan)
{
	const struct deployment_request *request = &plan->request;

	check_view_number(plan, FRAMEWORK, "minExitPeriod",
			  CONTRACT_VIEW_MIN_EXIT_PERIOD, request->exit_period);
	check_view_number(plan, FRAMEWORK, "childBlockInterval",
			  CONTRACT_VIEW_CHILD_BLOCK_INTERVAL,
			  PROTOCOL_BLOCK_INTERVAL);
	check_view_number(plan, FRAMEWORK, "nextChildBlock",
			  CONTRACT_VIEW_NEXT_CHILD_BLOCK,
			  PROTOCOL_BLOCK_INTERVAL);
	check_view_number(plan, FRAMEWORK, "extensions",
			  CONTRACT_VIEW_EXTENSIONS, 1);
	check_view_address(plan, FRAMEWORK, "authority",
			   CONTRACT_VIEW_AUTHORITY, &request->authority);
	check_view_address(plan, FRAMEWORK, "maintainer",
			   CONTRACT_VIEW_MAINTAINER, &request->deployer);
	if (!address_equal(&request->maintainer, &request->deployer))
		check_view_address(plan, FRAMEWORK, "pendingOwner",
				   CONTRACT_VIEW_PENDING_OWNER,
				   &request->maintainer);

	struct deployment_check *check =
		add_check(plan, FRAMEWORK, "vaults(1)");
	contract_call_vaults(&check->call, PROTOCOL_VAULT_ETH);
	expect_contract(plan, check, ETH_VAULT);
	check = add_check(plan, FRAMEWORK, "vaults(2)");
	contract_call_vaults(&check->call, PROTOCOL_VAULT_ERC20);
	expect_contract(plan, check, ERC20_VAULT);
	check = add_check(plan, FRAMEWORK, "exitGames(1)");
	contract_call_exit_games(&check->call, PROTOCOL_TX_TYPE_PAYMENT);
	expect_contract(plan, check, EXIT_GAME);
	check = add_check(plan, FRAMEWORK, "exitGames(3)");
	contract_call_exit_games(&check->call, PROTOCOL_TX_TYPE_FEE);
	expect_contract(plan, check, FEE_EXIT_GAME);

	static const uint64_t protocols[4] = { 0, 2, 0, 2 };
	for (uint64_t type = 1; type <= 3; type++) {
		check = add_check(plan, FRAMEWORK, "protocols");
		contract_call_protocols(&check->call, type);
		put_number(&check->expected, protocols[type]);
	}
}

/* Neither exit game is in quarantine, the vaults judge deposits, and nobody
 * owns the registry. */
static void check_registrations(struct deployment *plan)
{
	static const char *const games[2] = { EXIT_GAME, FEE_EXIT_GAME };
	static const struct address nobody = { { 0 } };

	for (size_t i = 0; i < 2; i++) {
		struct address game = deployment_address(plan, games[i]);
		struct deployment_check *check =
			add_check(plan, FRAMEWORK, "isExitGameSafeToUse");

		contract_call_is_exit_game_safe(&check->call, &game);
		put_number(&check->expected, 1);
	}
	struct address verifier = deployment_address(plan, ETH_VERIFIER);
	check_view_address(plan, ETH_VAULT, "deposit verifier",
			   CONTRACT_VIEW_DEPOSIT_VERIFIER, &verifier);
	verifier = deployment_address(plan, ERC20_VERIFIER);
	check_view_address(plan, ERC20_VAULT, "deposit verifier",
			   CONTRACT_VIEW_DEPOSIT_VERIFIER, &verifier);
	check_view_address(plan, REGISTRY, "owner", CONTRACT_VIEW_OWNER,
			   &nobody);
}

static void check_condition(struct deployment *plan, uint64_t output_type,
			    uint64_t tx_type, const char *condition)
{
	/* spendingConditions(uint256,uint256) */
	static const uint8_t selector[4] = { 0x64, 0xf4, 0x0d, 0x6f };
	struct deployment_check *check =
		add_check(plan, REGISTRY, "spendingConditions");

	(void)growing_buffer_put(&check->call, bytes_view(selector, 4));
	put_number(&check->call, output_type);
	put_number(&check->call, tx_type);
	expect_contract(plan, check, condition);
}

static void check_bonds_and_tokens(struct deployment *plan)
{
	const struct deployment_request *request = &plan->request;

	check_view_number(plan, EXIT_GAME, "standard exit bond",
			  CONTRACT_VIEW_STANDARD_EXIT_BOND,
			  UINT64_C(23300000000000000));
	check_view_number(plan, EXIT_GAME, "standard exit bounty",
			  CONTRACT_VIEW_STANDARD_EXIT_BOUNTY,
			  UINT64_C(5350000000000000));
	check_view_number(plan, EXIT_GAME, "in-flight exit bond",
			  CONTRACT_VIEW_IFE_BOND, UINT64_C(26900000000000000));
	check_view_number(plan, EXIT_GAME, "piggyback bond",
			  CONTRACT_VIEW_PIGGYBACK_BOND,
			  UINT64_C(30900000000000000));
	check_view_number(plan, EXIT_GAME, "piggyback bounty",
			  CONTRACT_VIEW_PIGGYBACK_BOUNTY,
			  UINT64_C(25000000000000000));
	for (size_t i = 0; i < request->token_count; i++) {
		const struct token *token = &request->tokens[i].token;
		struct deployment_check *check =
			add_check(plan, FRAMEWORK, "hasExitQueue");

		contract_call_has_exit_queue(&check->call, vault_of(token),
					     token);
		put_number(&check->expected, 1);
		check = add_check(plan,
				  token_is_eth(token) ? ETH_VAULT : ERC20_VAULT,
				  "minimumDeposit");
		contract_call_minimum_deposit(&check->call, token);
		put_amount(&check->expected, request->tokens[i].minimum);
	}
}

bool deployment_new(struct deployment **out,
		    const struct deployment_request *request,
		    const struct contract_artifact *artifacts,
		    size_t artifact_count, struct error *error)
{
	assert(request->token_count <= DEPLOYMENT_MAX_TOKENS);
	struct deployment *plan = memory_new(1, sizeof(*plan));

	plan->request = *request;
	plan->artifacts = artifacts;
	plan->artifact_count = artifact_count;
	if (!plan_framework_and_vaults(plan, error) ||
	    !plan_conditions(plan, error) || !plan_exit_games(plan, error)) {
		deployment_free(plan);
		return false;
	}
	plan_tokens(plan);
	check_framework(plan);
	check_registrations(plan);
	check_condition(plan, PROTOCOL_OUTPUT_TYPE_PAYMENT,
			PROTOCOL_TX_TYPE_PAYMENT, PAYMENT_CONDITION);
	check_condition(plan, PROTOCOL_OUTPUT_TYPE_PAYMENT, 2,
			RESERVED_CONDITION);
	check_condition(plan, PROTOCOL_OUTPUT_TYPE_FEE,
			PROTOCOL_TX_TYPE_PAYMENT, FEE_CONDITION);
	check_bonds_and_tokens(plan);
	plan->artifacts = NULL;
	*out = plan;
	return true;
}

void deployment_free(struct deployment *deployment)
{
	if (deployment == NULL)
		return;
	for (size_t i = 0; i < deployment->step_count; i++)
		growing_buffer_clear(&deployment->steps[i].data);
	for (size_t i = 0; i < deployment->check_count; i++) {
		growing_buffer_clear(&deployment->checks[i].call);
		growing_buffer_clear(&deployment->checks[i].expected);
	}
	memory_free(deployment);
}

size_t deployment_step_count(const struct deployment *deployment)
{
	return deployment->step_count;
}

const struct deployment_step *
deployment_step_borrow(const struct deployment *deployment, size_t index)
{
	assert(index < deployment->step_count);
	return &deployment->steps[index];
}

size_t deployment_contract_count(const struct deployment *deployment)
{
	return deployment->contract_count;
}

const struct deployed_contract *
deployment_contract_borrow(const struct deployment *deployment, size_t index)
{
	assert(index < deployment->contract_count);
	return &deployment->contracts[index];
}

size_t deployment_check_count(const struct deployment *deployment)
{
	return deployment->check_count;
}

const struct deployment_check *
deployment_check_borrow(const struct deployment *deployment, size_t index)
{
	assert(index < deployment->check_count);
	return &deployment->checks[index];
}
