/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/actions/fee_curve.h"
#include "common/base/decimal.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/codec/keccak256.h"
#include "common/ethereum/contract_calls.h"
#include "common/ethereum/eth_transaction.h"
#include "common/keys/address.h"
#include "common/keys/signer.h"
#include "common/service/clock.h"
#include "common/service/network_file.h"
#include "common/service/root_chain_rpc.h"
#include "operator/artifact_store.h"
#include "operator/cmd.h"
#include "operator/deployment.h"

#define GWEI UINT64_C(1000000000)
#define ANSWER_CEILING ((size_t)16 << 20)
#define CODE_CEILING 65536
#define ETH_MINIMUM UINT64_C(1000000000000000)

/* How long one transaction may take to be mined, after how long more is offered
 * for it and how often, and the time between two looks. */
#define MINING_MS (UINT64_C(30) * 60 * 1000)
#define PATIENCE_MS 30000
#define MOST_OFFERS 16
#define LOOK_MS 50

/* What was sent for a step. Any of the transactions may be mined, and all have
 * one nonce. */
struct sent_step {
	struct fee_offer offer; /* the last one */
	struct hash hashes[MOST_OFFERS];
	size_t count;
	uint64_t sent_ms; /* when one was last tried, monotonic */
};

struct deploy {
	struct root_chain_rpc *rpc;
	struct secret secret;
	struct signer signer;
	const char *out;
	int file; /* OUT, empty until everything is sent; -1: not ours */
	struct deployment_request request;
	struct contract_artifacts artifacts;
	struct deployment *plan;
	struct network *network;
	struct sent_step *sent; /* one per step */
};

static void progress(const char *what, size_t index, size_t count)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K[%zu/%zu] %s", index, count, what);
	else
		fprintf(stderr, "[%zu/%zu] %s\n", index, count, what);
}

static void progress_end(void)
{
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
}

/* ---- what was asked for ---- */

static bool read_account(struct address *out, const struct command *command,
			 const char *option, const struct address *otherwise,
			 struct error *error)
{
	const char *text = options_value(command->options, option);

	*out = *otherwise;
	if (text != NULL &&
	    (!address_parse(out, text, strlen(text)) || address_is_zero(out)))
		return error_set(error, ERROR_USAGE,
				 "--%s: %s is not an account", option, text);
	return true;
}

static bool read_token(struct deployment_request *request, const char *text,
		       struct error *error)
{
	const char *equals = strchr(text, '=');
	struct deployment_token token;

	if (equals == NULL ||
	    !address_parse(&token.token.address, text,
			   (size_t)(equals - text)) ||
	    !amount_from_decimal(&token.minimum, equals + 1,
				 strlen(equals + 1)) ||
	    amount_is_zero(token.minimum))
		return error_set(error, ERROR_USAGE,
				 "--token: %s is not ADDRESS=MINIMUM", text);
	for (size_t i = 0; i < request->token_count; i++) {
		if (!token_equal(&request->tokens[i].token, &token.token))
			continue;
		/* ETH stands there from the beginning. */
		if (!token_is_eth(&token.token))
			return error_set(error, ERROR_USAGE,
					 "--token: %s stands twice", text);
		request->tokens[i] = token;
		return true;
	}
	if (request->token_count == DEPLOYMENT_MAX_TOKENS)
		return error_set(error, ERROR_USAGE, "too many tokens");
	request->tokens[request->token_count++] = token;
	return true;
}

static bool read_request(struct deploy *deploy, const struct command *command,
			 struct error *error)
{
	struct deployment_request *request = &deploy->request;
	const char *period = options_value(command->options, "exit-period");
	const char *token;

	deploy->out = options_value(command->options, "out");
	if (period == NULL || deploy->out == NULL)
		return error_set(error, ERROR_USAGE, "deploy: --%s is needed",
				 period == NULL ? "exit-period" : "out");
	if (!decimal_parse_u64(&request->exit_period, period,
			       PROTOCOL_MAX_EXIT_PERIOD) ||
	    request->exit_period < PROTOCOL_MIN_EXIT_PERIOD)
		return error_set(error, ERROR_USAGE,
				 "--exit-period: %s is not from 600 to "
				 "134217728 seconds",
				 period);
	request->tokens[0].token = TOKEN_ETH;
	request->tokens[0].minimum = amount_of(ETH_MINIMUM);
	request->token_count = 1;
	for (size_t i = 0;
	     (token = options_value_at(command->options, "token", i)) != NULL;
	     i++) {
		if (!read_token(request, token, error))
			return false;
	}
	return true;
}

static bool read_accounts(struct deploy *deploy, const struct command *command,
			  struct error *error)
{
	struct deployment_request *request = &deploy->request;

	if (!cmd_read_key(&deploy->secret, command, error))
		return false;
	deploy->signer = signer_of_secret(&deploy->secret);
	request->deployer = deploy->signer.address;
	return read_account(&request->authority, command, "authority",
			    &request->deployer, error) &&
	       read_account(&request->maintainer, command, "maintainer",
			    &request->deployer, error);
}

/* ---- the root chain before ---- */

static bool has_code(struct deploy *deploy, bool *out,
		     const struct address *account, struct error *error)
{
	struct growing_buffer code;

	growing_buffer_init(&code, ANSWER_CEILING);
	bool ok = root_chain_rpc_code(deploy->rpc, &code, account, error);
	*out = code.len != 0;
	growing_buffer_clear(&code);
	return ok;
}

/* Signatures of child-chain payments hold for the address of the framework,
 * which comes from the deployer's: the account is used for nothing else. */
static bool check_is_fresh(struct deploy *deploy, struct error *error)
{
	const struct address *deployer = &deploy->request.deployer;
	struct address framework = deployment_contract_address(deployer, 0);
	char text[ADDRESS_TEXT_SIZE];
	uint64_t nonce;
	bool deployer_has_code;
	bool framework_has_code;

	address_format(text, deployer);
	if (!root_chain_rpc_nonce(deploy->rpc, &nonce, deployer, error) ||
	    !has_code(deploy, &deployer_has_code, deployer, error) ||
	    !has_code(deploy, &framework_has_code, &framework, error))
		return false;
	if (nonce != 0)
		return error_set(error, ERROR_REFUSED,
				 "the deployer %s has been used before: its "
				 "nonce is %llu; take a fresh account",
				 text, (unsigned long long)nonce);
	if (deployer_has_code || framework_has_code)
		return error_set(error, ERROR_REFUSED,
				 "there is code at the deployer %s or at the "
				 "address of its framework; take a fresh "
				 "account",
				 text);
	return true;
}

/* ---- sending ---- */

/* What the market asks now, with room for the base fee to become three times
 * what it is. */
static bool read_price(struct deploy *deploy, struct fee_offer *offer,
		       struct error *error)
{
	struct root_chain_head head;

	offer->max_priority_fee_wei = u256_of(GWEI);
	if (!root_chain_rpc_head(deploy->rpc, &head, error))
		return false;
	if (!u256_multiply(&offer->max_fee_wei, head.base_fee_wei,
			   u256_of(3)) ||
	    !u256_add(&offer->max_fee_wei, offer->max_fee_wei,
		      offer->max_priority_fee_wei))
		return error_set(error, ERROR_PROTOCOL,
				 "the base fee of the root chain is absurd");
	return true;
}

static bool send_step(struct deploy *deploy, size_t index,
		      struct fee_offer offer, struct error *error)
{
	const struct deployment_step *step =
		deployment_step_borrow(deploy->plan, index);
	struct sent_step *sent = &deploy->sent[index];
	struct eth_transaction transaction = {
		.chain_id = deploy->network->chain_id,
		.nonce = index,
		.max_priority_fee_wei = offer.max_priority_fee_wei,
		.max_fee_wei = offer.max_fee_wei,
		.gas_limit = step->gas_limit,
		.creates_contract = step->creates,
		.to = step->contract,
		.data = growing_buffer_view(&step->data),
	};
	struct growing_buffer raw;
	enum root_chain_receiving receiving;

	assert(sent->count < MOST_OFFERS);
	sent->sent_ms = clock_monotonic_ms();
	growing_buffer_init(&raw, ETH_TRANSACTION_MAX_LEN);
	bool ok = eth_transaction_sign(&raw, &transaction, &deploy->signer,
				       error) &&
		  root_chain_rpc_send(deploy->rpc, &receiving,
				      growing_buffer_view(&raw), error);
	if (ok && receiving == ROOT_CHAIN_NONCE_USED && sent->count == 0)
		ok = error_set(error, ERROR_REFUSED,
			       "the deployer's account is used elsewhere");
	if (ok) {
		sent->offer = offer;
		sent->hashes[sent->count++] =
			eth_transaction_hash(growing_buffer_view(&raw));
	} else {
		(void)error_wrap(error, "%s", step->what);
	}
	growing_buffer_clear(&raw);
	return ok;
}

/* Offers more for a step that nobody has mined: its transaction may have been
 * dropped, or be too cheap by now. A node that refuses may have mined it. */
static bool replace_step(struct deploy *deploy, size_t index,
			 struct error *error)
{
	struct fee_offer offer;

	if (!read_price(deploy, &offer, error))
		return false;
	offer = fee_offer_larger(
		offer, fee_curve_least_replacement(deploy->sent[index].offer));
	return send_step(deploy, index, offer, error) ||
	       error->code == ERROR_REFUSED;
}

static bool find_receipt(struct deploy *deploy, bool *found,
			 struct root_chain_receipt *receipt, size_t index,
			 struct error *error)
{
	const struct sent_step *sent = &deploy->sent[index];

	*found = false;
	for (size_t i = 0; !*found && i < sent->count; i++) {
		if (!root_chain_rpc_receipt(deploy->rpc, found, receipt,
					    &sent->hashes[i], error))
			return error_wrap(
				error, "%s",
				deployment_step_borrow(deploy->plan, index)
					->what);
	}
	return true;
}

/* Waits until a step is mined. */
static bool await_step(struct deploy *deploy, size_t index, struct error *error)
{
	const struct deployment_step *step =
		deployment_step_borrow(deploy->plan, index);
	const struct sent_step *sent = &deploy->sent[index];
	uint64_t end_ms = clock_monotonic_ms() + MINING_MS;
	struct network *network = deploy->network;
	struct root_chain_receipt receipt;
	bool found;

	for (;;) {
		if (!find_receipt(deploy, &found, &receipt, index, error))
			return false;
		if (found)
			break;
		uint64_t now_ms = clock_monotonic_ms();
		if (now_ms > end_ms)
			return error_set(error, ERROR_UNREACHABLE,
					 "%s: not mined in half an hour",
					 step->what);
		if (now_ms > sent->sent_ms + PATIENCE_MS &&
		    sent->count < MOST_OFFERS &&
		    !replace_step(deploy, index, error))
			return false;
		(void)poll(NULL, 0, LOOK_MS); /* between two looks */
	}
	if (!receipt.succeeded)
		return error_set(error, ERROR_PROTOCOL,
				 "%s: the transaction failed", step->what);
	if (index == 0) {
		network->deployment_block = receipt.eth_block_number;
		network->deployment_block_hash = receipt.eth_block_hash;
	}
	return true;
}

static bool send_all(struct deploy *deploy, struct error *error)
{
	size_t count = deployment_step_count(deploy->plan);
	struct fee_offer offer;

	deploy->sent = memory_new(count, sizeof(*deploy->sent));
	if (!read_price(deploy, &offer, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!send_step(deploy, i, offer, error))
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!await_step(deploy, i, error))
			return false;
		progress(deployment_step_borrow(deploy->plan, i)->what, i + 1,
			 count);
	}
	progress_end();
	return true;
}

/* ---- the root chain afterwards ---- */

static bool view(struct deploy *deploy, struct growing_buffer *returned,
		 const struct address *contract, struct bytes call,
		 struct error *error)
{
	growing_buffer_reset(returned);
	return root_chain_rpc_view(deploy->rpc, returned, contract, call,
				   error);
}

static bool check_graph(struct deploy *deploy, struct error *error)
{
	struct growing_buffer returned;
	bool ok = true;

	growing_buffer_init(&returned, CODE_CEILING);
	for (size_t i = 0; ok && i < deployment_check_count(deploy->plan);
	     i++) {
		const struct deployment_check *check =
			deployment_check_borrow(deploy->plan, i);

		ok = view(deploy, &returned, &check->contract,
			  growing_buffer_view(&check->call), error);
		if (ok && !bytes_equal(growing_buffer_view(&returned),
				       growing_buffer_view(&check->expected)))
			ok = error_set(error, ERROR_PROTOCOL,
				       "%s is not what was deployed",
				       check->what);
	}
	growing_buffer_clear(&returned);
	return ok;
}

static bool read_code_hashes(struct deploy *deploy, struct error *error)
{
	struct network *network = deploy->network;
	struct growing_buffer code;
	bool ok = true;

	growing_buffer_init(&code, CODE_CEILING);
	for (size_t i = 0; ok && i < deployment_contract_count(deploy->plan);
	     i++) {
		const struct deployed_contract *contract =
			deployment_contract_borrow(deploy->plan, i);

		growing_buffer_reset(&code);
		ok = root_chain_rpc_code(deploy->rpc, &code, &contract->address,
					 error);
		if (ok && code.len == 0)
			ok = error_set(error, ERROR_PROTOCOL, "%s has no code",
				       contract->name);
		network->codes[network->code_count].contract =
			contract->address;
		network->codes[network->code_count++].code_hash =
			keccak256(growing_buffer_view(&code));
	}
	growing_buffer_clear(&code);
	return ok;
}

/* symbol() and decimals() of a token; what it does not say is left open. */
static void ask_token(struct deploy *deploy, struct network_token *token)
{
	static const uint8_t symbol[4] = { 0x95, 0xd8, 0x9b, 0x41 };
	static const uint8_t decimals[4] = { 0x31, 0x3c, 0xe5, 0x67 };
	const struct address *contract = &token->token.address;
	struct growing_buffer returned;
	struct error ignored;
	struct bytes text;
	uint64_t number;

	growing_buffer_init(&returned, 4096);
	(void)snprintf(token->symbol, sizeof(token->symbol),
		       "TOKEN"); /* fits */
	if (view(deploy, &returned, contract, bytes_view(symbol, 4),
		 &ignored) &&
	    contract_return_string(&text, growing_buffer_view(&returned)) &&
	    text.len > 0 && text.len < sizeof(token->symbol)) {
		bool good = true;

		for (size_t i = 0; i < text.len; i++)
			good = good &&
			       ((text.data[i] >= 'A' && text.data[i] <= 'Z') ||
				(text.data[i] >= 'a' && text.data[i] <= 'z') ||
				(text.data[i] >= '0' && text.data[i] <= '9'));
		if (good)
			(void)snprintf(token->symbol, sizeof(token->symbol),
				       "%.*s", (int)text.len,
				       (const char *)text.data); /* fits */
	}
	if (view(deploy, &returned, contract, bytes_view(decimals, 4),
		 &ignored) &&
	    contract_return_u64(&number, growing_buffer_view(&returned)) &&
	    number <= 77)
		token->decimals = (unsigned int)number;
	growing_buffer_clear(&returned);
}

static void read_tokens(struct deploy *deploy)
{
	struct network *network = deploy->network;

	for (size_t i = 0; i < deploy->request.token_count; i++) {
		struct network_token *token =
			&network->tokens[network->token_count++];

		token->token = deploy->request.tokens[i].token;
		token->minimum_deposit = deploy->request.tokens[i].minimum;
		if (token_is_eth(&token->token)) {
			(void)snprintf(token->symbol, sizeof(token->symbol),
				       "ETH"); /* fits */
			token->decimals = 18;
		} else {
			ask_token(deploy, token);
		}
	}
}

/* ---- the network file ---- */

/* The file's name without folder and ".conf", unless a name was given. */
static bool name_network(struct deploy *deploy, const struct command *command,
			 struct error *error)
{
	const char *name = options_value(command->options, "name");
	const char *slash = strrchr(deploy->out, '/');
	size_t len;

	if (name == NULL)
		name = slash == NULL ? deploy->out : slash + 1;
	len = strlen(name);
	if (len > 5 && strcmp(name + len - 5, ".conf") == 0)
		len -= 5;
	if (len == 0 || len >= NETWORK_NAME_SIZE ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") < len)
		return error_set(error, ERROR_USAGE,
				 "--name: a network is named by small letters, "
				 "digits and dashes");
	memcpy(deploy->network->name, name, len);
	return true;
}

static void fill_network(struct deploy *deploy)
{
	struct network *network = deploy->network;
	const struct deployment *plan = deploy->plan;

	network->plasma_framework = deployment_address(plan, "PlasmaFramework");
	network->eth_vault = deployment_address(plan, "EthVault");
	network->erc20_vault = deployment_address(plan, "Erc20Vault");
	network->payment_exit_game =
		deployment_address(plan, "PaymentExitGame");
	network->fee_exit_game = deployment_address(plan, "FeeExitGame");
	network->condition_registry =
		deployment_address(plan, "SpendingConditionRegistry");
	network->authority = deploy->request.authority;
	network->maintainer = deploy->request.maintainer;
	network->min_exit_period = deploy->request.exit_period;
	network->extensions = 1;
}

/* Before anything is sent: contracts that nobody can name are lost. */
static bool reserve_file(struct deploy *deploy, struct error *error)
{
	deploy->file = open(deploy->out,
			    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (deploy->file >= 0)
		return true;
	return error_set(error, ERROR_CANNOT_CREATE, "%s: %s", deploy->out,
			 errno == EEXIST ? "is there already"
					 : strerror(errno));
}

/* If it cannot be written, whoever paid for the contracts still has to see it.
 */
static bool write_network(struct deploy *deploy, struct error *error)
{
	struct growing_buffer text;

	growing_buffer_init(&text, (size_t)1 << 20);
	network_write(&text, deploy->network);
	bool ok =
		write(deploy->file, text.data, text.len) == (ssize_t)text.len &&
		fsync(deploy->file) == 0;
	if (!ok) {
		(void)error_set(error, ERROR_IO, "%s: %s", deploy->out,
				strerror(errno));
		(void)fwrite(text.data, 1, text.len, stdout);
	}
	growing_buffer_clear(&text);
	return ok;
}

static void leave_file(const struct deploy *deploy, bool is_written)
{
	if (deploy->file < 0)
		return;
	(void)close(deploy->file); /* synchronised */
	if (!is_written)
		(void)unlink(deploy->out); /* nothing is in it */
}

static void print_address(const char *key, const struct address *address,
			  bool is_json)
{
	char text[ADDRESS_TEXT_SIZE];

	address_format(text, address);
	printf(is_json ? "\"%s\":\"%s\"," : "%s = %s\n", key, text);
}

/* The file once more, as an object or as lines. */
static void print_result(const struct deploy *deploy, bool is_json)
{
	const struct network *network = deploy->network;
	char hash[HEX_SIZE(32)];

	hex_encode(hash, bytes_view(network->deployment_block_hash.bytes, 32));
	if (is_json)
		printf("{\"schema\":\"plasma.deployment/1\",\"name\":\"%s\","
		       "\"chain_id\":%llu,",
		       network->name, (unsigned long long)network->chain_id);
	print_address("plasma_framework", &network->plasma_framework, is_json);
	print_address("eth_vault", &network->eth_vault, is_json);
	print_address("erc20_vault", &network->erc20_vault, is_json);
	print_address("payment_exit_game", &network->payment_exit_game,
		      is_json);
	print_address("fee_exit_game", &network->fee_exit_game, is_json);
	print_address("condition_registry", &network->condition_registry,
		      is_json);
	print_address("authority", &network->authority, is_json);
	print_address("maintainer", &network->maintainer, is_json);
	if (is_json)
		printf("\"min_exit_period\":%llu,\"deployment_block\":%llu,"
		       "\"deployment_block_hash\":\"%s\",\"first_nonce\":%llu,"
		       "\"extensions\":%llu,\"file\":\"%s\"}\n",
		       (unsigned long long)network->min_exit_period,
		       (unsigned long long)network->deployment_block, hash,
		       (unsigned long long)network->first_nonce,
		       (unsigned long long)network->extensions, deploy->out);
	else
		printf("written to %s\n", deploy->out);
}

static bool plan_deployment(struct deploy *deploy,
			    const struct command *command, struct error *error)
{
	const char *folder = options_value(command->options, "contracts");

	return contract_artifacts_read(&deploy->artifacts,
				       folder == NULL ? CONTRACTS_DIR : folder,
				       error) &&
	       deployment_new(&deploy->plan, &deploy->request,
			      deploy->artifacts.of, deploy->artifacts.count,
			      error);
}

static bool run_deployment(struct deploy *deploy, const struct command *command,
			   struct error *error)
{
	const char *url;

	if (!read_request(deploy, command, error) ||
	    !name_network(deploy, command, error) ||
	    !reserve_file(deploy, error) ||
	    !config_needed(&url, command->config, "root_chain", "rpc", error) ||
	    !read_accounts(deploy, command, error) ||
	    !plan_deployment(deploy, command, error))
		return false;
	deploy->rpc =
		root_chain_rpc_new(url, HTTP_LIMITS_USUAL, ANSWER_CEILING);
	if (!root_chain_rpc_chain_id(deploy->rpc, &deploy->network->chain_id,
				     error) ||
	    !check_is_fresh(deploy, error) || !send_all(deploy, error) ||
	    !check_graph(deploy, error))
		return false;
	fill_network(deploy);
	if (!read_code_hashes(deploy, error) ||
	    !root_chain_rpc_nonce(deploy->rpc, &deploy->network->first_nonce,
				  &deploy->request.authority, error))
		return false;
	read_tokens(deploy);
	return true;
}

bool cmd_deploy(const struct command *command, struct error *error)
{
	struct deploy *deploy = memory_new(1, sizeof(*deploy));

	deploy->network = memory_new(1, sizeof(*deploy->network));
	deploy->file = -1;
	bool ok = run_deployment(deploy, command, error) &&
		  write_network(deploy, error);
	if (ok)
		print_result(deploy, command->is_json);
	leave_file(deploy, ok);
	secret_wipe(&deploy->secret);
	deployment_free(deploy->plan);
	contract_artifacts_clear(&deploy->artifacts);
	root_chain_rpc_free(deploy->rpc);
	memory_free(deploy->sent);
	memory_free(deploy->network);
	memory_free(deploy);
	return ok;
}
