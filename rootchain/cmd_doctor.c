/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/statvfs.h>

#include "common/base/instant.h"
#include "common/service/clock.h"
#include "common/service/root_chain_state.h"
#include "rootchain/cmd.h"
#include "rootchain/explanation.h"
#include "rootchain/heads_fetch.h"
#include "rootchain/snapshot_store.h"

#define LEAST_FREE ((uint64_t)1 << 30)
#define MOST_AGE 600
#define MOST_SKEW 3600

struct examination {
	const struct command *command;
	struct network *network;
	struct rootchain_client *client;
	uint64_t timeout_ms;
	uint64_t quorum;
	unsigned int wrong;
};

/* One line per thing that was looked at. */
static void say(struct examination *examination, bool ok, const char *thing,
		const char *more)
{
	printf("%s %s%s%s\n", ok ? "ok   " : "WRONG", thing,
	       more[0] != '\0' ? ": " : "", more);
	examination->wrong += ok ? 0 : 1;
}

static void say_result(struct examination *examination, bool ok,
		       const char *thing, const struct error *error)
{
	say(examination, ok, thing, ok ? "" : error->message);
}

static bool look_at_network(struct examination *examination)
{
	const struct config *config = examination->command->config;
	struct error error;
	const char *path;
	bool ok =
		config_needed(&path, config, "rootchain", "network", &error) &&
		network_read_new(&examination->network, path, &error);

	say_result(examination, ok, "the network file", &error);
	return ok;
}

static void look_at_disk(struct examination *examination)
{
	const char *datadir = config_text(examination->command->config,
					  "rootchain", "datadir");
	struct statvfs status;
	bool ok = statvfs(datadir, &status) == 0;
	uint64_t room = ok ? (uint64_t)status.f_bavail * status.f_frsize : 0;

	say(examination, ok && room >= LEAST_FREE, "the data directory",
	    !ok			 ? "it is not there"
	    : room >= LEAST_FREE ? ""
				 : "less than a gigabyte is free");
}

/* ---- the snapshot ---- */

static void look_at_codes(struct examination *examination,
			  struct snapshot_reader *reader)
{
	const struct network *network = examination->network;
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
	say_result(examination, ok, "the code of the contracts", &error);
}

static void look_at_head(struct examination *examination,
			 const struct snapshot_head *head)
{
	uint64_t now = clock_wall().seconds;
	uint64_t age = instant_since(now, head->last_good_poll.seconds);
	char text[96];

	(void)snprintf(text, sizeof(text), "%llu s ago",
		       (unsigned long long)age); /* it fits */
	say(examination, age <= MOST_AGE && head->last_good_poll.seconds <= now,
	    "the last good poll",
	    head->last_good_poll.seconds > now ? "it lies in the future: a "
						 "clock is wrong"
					       : text);
	say(examination, !head->finality_broken, "finality",
	    head->finality_broken
		    ? "a final eth_block was replaced (" EXPLANATION_FINALITY
		      ")"
		    : "");
	say(examination, head->agreeing >= head->quorum, "the quorum",
	    head->agreeing >= head->quorum
		    ? ""
		    : "fewer endpoints agreed than wanted (" EXPLANATION_FEWER
		      ")");
	say(examination, true, "proofs",
	    head->proofs ? "full" : "something was believed");
}

static void look_at_snapshot(struct examination *examination)
{
	struct snapshot_identity identity =
		snapshot_store_identity(examination->network);
	struct snapshot_reader *reader = NULL;
	struct snapshot_head head;
	struct error error;
	char path[CMD_PATH_SIZE];
	bool ok = cmd_snapshot_path(path, examination->command, &error) &&
		  snapshot_reader_open(&reader, path, &identity, &error) &&
		  snapshot_reader_begin(reader, &head, &error);

	say_result(examination, ok, "the snapshot", &error);
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
		&examination->network->plasma_framework;
	const struct eth_point now = { .kind = ETH_POINT_LATEST };
	const struct eth_point then = {
		.kind = ETH_POINT_NUMBER,
		.number = examination->network->deployment_block,
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
	say_result(examination, proves, "  proofs of state", &error);
	if (ok)
		say(examination, true, "  state of long ago",
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

	say_result(examination, head->is_answered,
		   rootchain_client_name(examination->client, endpoint),
		   &head->error);
	if (!head->is_answered)
		return;
	(void)snprintf(text, sizeof(text), "%llu, %llu s from this clock",
		       (unsigned long long)head->number,
		       (unsigned long long)skew); /* it fits */
	say(examination, true,
	    skew <= MOST_SKEW ? "  head" : "  head (a clock or a head is off)",
	    text);
	say(examination, true, "  finalized tag",
	    head->has_finalized ? "" : "it has none");
	look_at_proofs(examination, endpoint);
}

static void look_at_endpoints(struct examination *examination)
{
	const struct config *config = examination->command->config;
	struct endpoint_head heads[HEADS_FETCH_MAX_ENDPOINTS];
	bool ask[HEADS_FETCH_MAX_ENDPOINTS];
	struct error error;
	size_t good = 0;

	if (!config_number(&examination->timeout_ms, config, "rootchain",
			   "timeout_ms", 100, 600000, &error) ||
	    !config_number(&examination->quorum, config, "rootchain", "quorum",
			   1, HEADS_FETCH_MAX_ENDPOINTS, &error) ||
	    !cmd_client_new(&examination->client, examination->command,
			    examination->timeout_ms, &error)) {
		say_result(examination, false, "the endpoints", &error);
		return;
	}
	size_t count = rootchain_client_count(examination->client);
	for (size_t i = 0; i < count; i++)
		ask[i] = true;
	heads_fetch(heads, examination->client, ask, examination->network,
		    examination->network->deployment_block, count,
		    examination->timeout_ms);
	for (size_t i = 0; i < count; i++) {
		look_at_endpoint(examination, i, &heads[i]);
		good += heads[i].is_answered ? 1 : 0;
	}
	say(examination, good >= examination->quorum, "endpoints for a quorum",
	    good >= examination->quorum
		    ? ""
		    : "fewer are well than wanted (" EXPLANATION_FEWER ")");
}

bool cmd_doctor(const struct command *command, struct error *error)
{
	struct examination examination = { .command = command };

	if (look_at_network(&examination)) {
		look_at_endpoints(&examination);
		look_at_snapshot(&examination);
	}
	look_at_disk(&examination);
	rootchain_client_free(examination.client);
	network_free(examination.network);
	return examination.wrong == 0 ||
	       error_set(error, ERROR_REFUSED, "%u things are wrong",
			 examination.wrong);
}

bool cmd_explain(const struct command *command, struct error *error)
{
	const struct options *options = command->options;

	if (options->argument_count == 0) {
		for (size_t i = 0; i < EXPLANATION_COUNT; i++)
			printf("%s %s\n", explanations[i].id,
			       explanations[i].name);
		return true;
	}
	const struct explanation *found =
		explanation_find(options->arguments[0]);
	if (found == NULL)
		return error_set(error, ERROR_REFUSED,
				 "there is no %s; explain alone lists all",
				 options->arguments[0]);
	printf("%s %s\n%s\n%s\n", found->id, found->name, found->what,
	       found->action);
	return true;
}
