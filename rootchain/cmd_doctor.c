/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/base/instant.h"
#include "common/service/clock.h"
#include "common/service/doctor.h"
#include "common/service/root_chain_state.h"
#include "rootchain/cmd.h"
#include "rootchain/explanation.h"
#include "rootchain/heads_fetch.h"
#include "rootchain/snapshot_store.h"

#define MOST_AGE 600
#define MOST_SKEW 3600

struct examination {
	const struct command *command;
	struct doctor doctor;
	struct rootchain_client *client;
	uint64_t timeout_ms;
	uint64_t quorum;
};

/* ---- the snapshot ---- */

static void look_at_codes(struct examination *examination,
			  struct snapshot_reader *reader)
{
	const struct network *network = examination->doctor.network;
	struct error error;
	bool ok = true;

	for (size_t i = 0; ok && i < network->code_count; i++) {
		struct hash code_hash;
		bool found;

		ok = snapshot_reader_code_hash(reader, &found, &code_hash,
					       &network->codes[i].contract,
					       &error);
		if (ok && (!found || !hash_equal(&code_hash,
						 &network->codes[i].code_hash)))
			ok = error_set(&error, ERROR_REFUSED,
				       "a contract has other code than the "
				       "network file says (" EXPLANATION_CODE
				       ")");
	}
	doctor_say_result(&examination->doctor, ok, "the code of the contracts",
			  &error);
}

static void look_at_head(struct examination *examination,
			 const struct snapshot_head *head)
{
	uint64_t now = clock_wall().seconds;
	uint64_t age = instant_since(now, head->last_good_poll.seconds);
	char text[96];

	(void)snprintf(text, sizeof(text), "%llu s ago",
		       (unsigned long long)age); /* it fits */
	doctor_say(&examination->doctor,
		   age <= MOST_AGE && head->last_good_poll.seconds <= now,
		   "the last good poll",
		   head->last_good_poll.seconds > now
			   ? "it lies in the future: a "
			     "clock is wrong"
			   : text);
	doctor_say(&examination->doctor, !head->finality_broken, "finality",
		   head->finality_broken ? "a final eth_block was replaced "
					   "(" EXPLANATION_FINALITY ")"
					 : "");
	doctor_say(&examination->doctor, head->agreeing >= head->quorum,
		   "the quorum",
		   head->agreeing >= head->quorum
			   ? ""
			   : "fewer endpoints agreed than wanted "
			     "(" EXPLANATION_FEWER ")");
	doctor_say(&examination->doctor, true, "proofs",
		   head->proofs ? "full" : "something was believed");
}

static void look_at_snapshot(struct examination *examination)
{
	struct snapshot_reader *reader = NULL;
	struct snapshot_head head;
	struct error error;
	char path[CMD_PATH_SIZE];
	bool ok = cmd_snapshot_path(path, examination->command, &error) &&
		  snapshot_reader_open(&reader, path,
				       examination->doctor.network, &error) &&
		  snapshot_reader_begin(reader, &head, &error);

	doctor_say_result(&examination->doctor, ok, "the snapshot", &error);
	if (ok) {
		look_at_head(examination, &head);
		look_at_codes(examination, reader);
	}
	snapshot_reader_close(reader);
}

/* ---- endpoints ---- */

/* Whether an endpoint serves proofs, now and for the time of the deployment. */
static void look_at_proofs(struct examination *examination, size_t endpoint)
{
	const struct address *framework =
		&examination->doctor.network->plasma_framework;
	const struct eth_point now = { .kind = ETH_POINT_LATEST };
	const struct eth_point then = {
		.kind = ETH_POINT_NUMBER,
		.number = examination->doctor.network->deployment_block,
	};
	struct root_chain_batch *batch = root_chain_batch_new();
	struct error error;
	json_t *result;

	/* They are calls 0 and 1. */
	(void)root_chain_state_add_proof(batch, framework, NULL, 0, &now);
	(void)root_chain_state_add_balance(batch, framework, &then);
	bool ok = rootchain_client_ask(examination->client, endpoint, &batch,
				       examination->timeout_ms, &error);
	bool proves = ok && root_chain_batch_result(&result, batch, 0, &error);
	doctor_say_result(&examination->doctor, proves, "  proofs of state",
			  &error);
	if (ok)
		doctor_say(&examination->doctor, true, "  state of long ago",
			   root_chain_batch_result(&result, batch, 1, &error)
				   ? ""
				   : "not served, and not needed");
	root_chain_batch_free(batch);
}

static void look_at_endpoint(struct examination *examination, size_t endpoint,
			     const struct endpoint_head *head)
{
	uint64_t now = clock_wall().seconds;
	uint64_t skew = now > head->time.seconds ? now - head->time.seconds
						 : head->time.seconds - now;
	char text[96];

	doctor_say_result(&examination->doctor, head->is_answered,
			  rootchain_client_name(examination->client, endpoint),
			  &head->error);
	if (!head->is_answered)
		return;
	(void)snprintf(text, sizeof(text), "%llu, %llu s from this clock",
		       (unsigned long long)head->number,
		       (unsigned long long)skew); /* it fits */
	doctor_say(&examination->doctor, true,
		   skew <= MOST_SKEW ? "  head"
				     : "  head (a clock or a head is off)",
		   text);
	doctor_say(&examination->doctor, true, "  finalized tag",
		   head->has_finalized ? "" : "it has none");
	look_at_proofs(examination, endpoint);
}

static void look_at_endpoints(struct examination *examination)
{
	const struct config *config = examination->command->config;
	struct endpoint_head heads[HEADS_FETCH_MAX_ENDPOINTS];
	bool ask[HEADS_FETCH_MAX_ENDPOINTS];
	struct error error;
	bool is_alone;
	size_t good = 0;

	if (!config_number(&examination->timeout_ms, config, "rootchain",
			   "timeout_ms", 100, 600000, &error) ||
	    !cmd_quorum(&examination->quorum, &is_alone, config, &error) ||
	    !cmd_client_new(&examination->client, examination->command,
			    examination->timeout_ms, &error)) {
		doctor_say_result(&examination->doctor, false, "the endpoints",
				  &error);
		return;
	}
	size_t count = rootchain_client_count(examination->client);
	for (size_t i = 0; i < count; i++)
		ask[i] = true;
	heads_fetch(heads, examination->client, ask,
		    examination->doctor.network,
		    examination->doctor.network->deployment_block, count,
		    examination->timeout_ms);
	for (size_t i = 0; i < count; i++) {
		look_at_endpoint(examination, i, &heads[i]);
		good += heads[i].is_answered ? 1 : 0;
	}
	doctor_say(
		&examination->doctor, good >= examination->quorum && !is_alone,
		"endpoints for a quorum",
		is_alone ? "nobody contradicts the only one "
			   "(" EXPLANATION_FEWER ")"
		: good >= examination->quorum
			? ""
			: "fewer are well than wanted (" EXPLANATION_FEWER ")");
}

bool cmd_doctor(const struct command *command, struct error *error)
{
	struct examination examination = {
		.command = command,
		.doctor = doctor_of(command, "rootchain"),
	};

	if (doctor_look_at_network(&examination.doctor)) {
		look_at_endpoints(&examination);
		look_at_snapshot(&examination);
	}
	doctor_look_at_datadir(&examination.doctor);
	rootchain_client_free(examination.client);
	return doctor_end(&examination.doctor, error);
}

bool cmd_explain(const struct command *command, struct error *error)
{
	return explanation_table_say(explanations, command, error);
}
