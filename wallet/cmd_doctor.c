/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/codec/keccak256.h"
#include "common/keys/address.h"
#include "common/keys/published_key.h"
#include "wallet/cmd.h"
#include "wallet/cmd_print.h"
#include "wallet/cmd_root.h"
#include "wallet/cmd_session.h"
#include "wallet/cmd_sync.h"
#include "wallet/operator_client.h"
#include "wallet/problem.h"

#define CODE_CEILING 65536

/* What was looked at. */
struct doctor {
	struct session session;
	json_t *rows;
	size_t bad;
};

enum finding { FINDING_GOOD, FINDING_WARNING, FINDING_BAD };

static void find(struct doctor *doctor, enum finding finding, const char *what,
		 const char *detail)
{
	static const char *const names[] = { "ok", "warning", "BAD" };

	doctor->bad += finding == FINDING_BAD;
	if (doctor->session.command->is_json) {
		json_t *row = json_object();

		print_set_text(row, "what", what);
		print_set_text(row, "result",
			       finding == FINDING_BAD ? "bad" : names[finding]);
		print_set_text(row, "detail", detail);
		(void)json_array_append_new(doctor->rows, row); /* memory */
		return;
	}
	printf("%-8s %s%s%s\n", names[finding], what,
	       detail[0] == '\0' ? "" : ": ", detail);
}

/* Good, or bad with what the error says. */
static bool find_result(struct doctor *doctor, bool ok, const char *what,
			const struct error *error)
{
	find(doctor, ok ? FINDING_GOOD : FINDING_BAD, what,
	     ok ? "" : error->message);
	return ok;
}

static void look_at_key(struct doctor *doctor)
{
	struct session *session = &doctor->session;
	char account[ADDRESS_TEXT_SIZE];
	struct error error;

	if (!find_result(doctor, session_find_account(session, &error),
			 "account", &error))
		return;
	address_format(account, &session->account);
	if (session->key_file[0] == '\0')
		find(doctor, FINDING_WARNING, "no keystore of the account",
		     account);
	else
		(void)find_result(doctor,
				  keystore_folder_check_private(
					  session->key_file, &error),
				  "the keystore is ours alone", &error);
	if (published_key_is(&session->account) &&
	    !published_key_is_allowed(session->network->chain_id))
		find(doctor, FINDING_BAD, "everybody has the key", account);
}

static void look_at_code(struct doctor *doctor, const struct network_code *code)
{
	struct session *session = &doctor->session;
	char address[ADDRESS_TEXT_SIZE];
	struct growing_buffer bytes;
	struct error error;

	growing_buffer_init(&bytes, CODE_CEILING);
	bool ok = root_chain_rpc_code(session->rpc, &bytes, &code->contract,
				      &error);
	struct hash hash = keccak256(growing_buffer_view(&bytes));
	growing_buffer_clear(&bytes);
	address_format(address, &code->contract);
	if (!ok)
		find(doctor, FINDING_BAD, "code of a contract", error.message);
	else if (!hash_equal(&hash, &code->code_hash))
		find(doctor, FINDING_BAD,
		     "a contract has other code than the network file says",
		     address);
}

static void look_at_funds(struct doctor *doctor)
{
	struct session *session = &doctor->session;
	struct root_chain_fetch fetch = session_fetch(session);
	char text[PRINT_AMOUNT_SIZE];
	struct amount bond;
	struct amount wei;
	struct error error;

	if (!root_chain_fetch_balance(&fetch, &wei, &TOKEN_ETH,
				      &session->account, &error) ||
	    !root_chain_fetch_bond(&fetch, &bond,
				   CONTRACT_VIEW_STANDARD_EXIT_BOND, &error)) {
		find(doctor, FINDING_BAD, "bond and balance", error.message);
		return;
	}
	print_amount(text, session->network, &TOKEN_ETH, wei);
	if (amount_compare(wei, bond) > 0)
		find(doctor, FINDING_GOOD, "ether for an exit", text);
	else
		find(doctor, FINDING_WARNING,
		     "the account cannot pay the bond of an exit", text);
}

/* Gas of a standard exit, as measured on a root chain. */
#define EXIT_GAS 450000

/* Coins that cost more to exit than they are worth can be stolen by an operator
 * that counts on it. */
static void look_at_dust(struct doctor *doctor)
{
	struct session *session = &doctor->session;
	struct amount total = amount_zero();
	struct amount dust = amount_zero();
	struct root_chain_head head;
	struct coin *coins = NULL;
	struct amount limit;
	struct error error;
	struct u256 cost;
	size_t count;

	if (!root_chain_rpc_head(session->rpc, &head, &error) ||
	    !u256_multiply(&cost, head.base_fee_wei, u256_of(EXIT_GAS)) ||
	    !wallet_store_coins(session->store, &coins, &count,
				&session->account, &error))
		return; /* said elsewhere */
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		struct amount one = coins[i].output.amount;
		bool is_dust = amount_compare(one, amount_from_u256(cost)) < 0;

		if (coins[i].status != COIN_STATUS_UNSPENT ||
		    !token_is_eth(&coins[i].output.token))
			continue;
		ok = amount_add(&total, total, one) &&
		     (!is_dust || amount_add(&dust, dust, one));
	}
	memory_free(coins);
	ok = ok && amount_scale(&limit, total, 1, 20);
	if (ok && amount_compare(dust, limit) > 0)
		find(doctor, FINDING_WARNING,
		     "more than a twentieth lies in coins that cost more to "
		     "exit than they are worth",
		     "`plasma-wallet merge --all` while the chain is healthy");
	else if (ok)
		find(doctor, FINDING_GOOD, "coins are worth their exits", "");
}

static void look_at_owner_code(struct doctor *doctor)
{
	struct session *session = &doctor->session;
	struct root_chain_fetch fetch = session_fetch(session);
	struct error error;
	bool has_code;

	if (!root_chain_fetch_has_code(&fetch, &has_code, &session->account,
				       &error))
		find(doctor, FINDING_BAD, "code of the account", error.message);
	else if (has_code)
		find(doctor,
		     session->network->extensions == 0 ? FINDING_BAD
						       : FINDING_WARNING,
		     "the account has contract code",
		     "exits pay it with little gas");
}

static void look_at_root_chain(struct doctor *doctor)
{
	struct session *session = &doctor->session;
	struct error error;

	if (!session_has_rpc(session)) {
		find(doctor, FINDING_WARNING, "no root-chain node",
		     "deposits and exits need --root-rpc");
		return;
	}
	if (!find_result(doctor, session_open_rpc(session, &error),
			 "root chain", &error))
		return;
	size_t before = doctor->bad;
	for (size_t i = 0; i < session->network->code_count; i++)
		look_at_code(doctor, &session->network->codes[i]);
	if (doctor->bad == before)
		find(doctor, FINDING_GOOD,
		     "the contracts have the code of the network file", "");
	if (!session->has_account)
		return;
	look_at_funds(doctor);
	look_at_owner_code(doctor);
	if (session->store != NULL)
		look_at_dust(doctor);
}

static void look_at_watcher(struct doctor *doctor)
{
	struct session *session = &doctor->session;
	struct watcher_status status;
	struct error error;
	char text[128];

	if (session->watcher == NULL) {
		find(doctor, FINDING_WARNING, "no watcher",
		     "nobody checks the operator for you");
		return;
	}
	if (!find_result(doctor,
			 watcher_client_status(session->watcher, &status,
					       &session->account, &error),
			 "watcher", &error))
		return;
	if (status.has_framework &&
	    !address_equal(&status.framework,
			   &session->network->plasma_framework))
		find(doctor, FINDING_BAD, "the watcher watches another network",
		     "");
	if (status.halt_event[0] != '\0')
		find(doctor, FINDING_BAD, "the watcher has halted",
		     status.halt_event);
	(void)snprintf(text, sizeof(text), "block %llu of %llu",
		       (unsigned long long)status.last_validated,
		       (unsigned long long)status.last_mined); /* it fits */
	find(doctor,
	     status.last_validated < status.last_mined ? FINDING_WARNING
						       : FINDING_GOOD,
	     "verified", text);
}

static void look_at_operator(struct doctor *doctor)
{
	struct session *session = &doctor->session;
	struct operator_fees fees;
	struct error error;

	if (session->operator_service == NULL) {
		find(doctor, FINDING_WARNING, "no operator",
		     "payments need --operator");
		return;
	}
	(void)find_result(
		doctor,
		operator_client_fees(session->operator_service, &fees, &error),
		"operator", &error);
}

static void look_at_stores(struct doctor *doctor)
{
	struct session *session = &doctor->session;
	struct error error;
	size_t open;

	if (!find_result(doctor, session_open_stores(session, &error),
			 "databases", &error))
		return;
	if (!root_open_count(session, &open, &error))
		find(doctor, FINDING_BAD, "journal", error.message);
	else if (open > 0)
		find(doctor, FINDING_WARNING,
		     "root-chain transactions are under way",
		     "`plasma-wallet resume` finishes them");
}

static bool examine(struct doctor *doctor, struct error *error)
{
	find(doctor, FINDING_GOOD, "network", doctor->session.network->name);
	look_at_key(doctor);
	look_at_stores(doctor);
	look_at_root_chain(doctor);
	look_at_watcher(doctor);
	look_at_operator(doctor);
	if (doctor->session.command->is_json) {
		json_t *object = print_object_new("doctor");

		print_set(object, "checks", json_incref(doctor->rows));
		print_set_number(object, "bad", doctor->bad);
		print_json(object);
	}
	return doctor->bad == 0
		       ? true
		       : problem_set(error, PROBLEM_DOCTOR_FOUND,
				     "%zu things are wrong", doctor->bad);
}

bool cmd_doctor(const struct command *command, struct error *error)
{
	struct doctor *doctor = memory_new(1, sizeof(*doctor));

	doctor->rows = json_array();
	bool ok = session_begin(&doctor->session, command, error) &&
		  examine(doctor, error);
	json_decref(doctor->rows);
	session_end(&doctor->session);
	memory_free(doctor);
	return ok;
}
