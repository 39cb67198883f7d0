/* SPDX-License-Identifier: MIT */
#include "common/service/log.h"
#include "rootchain/cmd.h"
#include "rootchain/heads_fetch.h"

#define MAX_ANSWER ((size_t)64 << 20)

static bool read_urls(const char *urls[HEADS_FETCH_MAX_ENDPOINTS],
		      size_t *count, const struct config *config,
		      struct error *error)
{
	const char *first;

	if (!config_needed(&first, config, "rootchain", "rpc", error))
		return false;
	*count = 0;
	for (;;) {
		const char *url =
			config_text_at(config, "rootchain", "rpc", *count);

		if (url == NULL)
			return true;
		if (*count == HEADS_FETCH_MAX_ENDPOINTS)
			return config_fail(error, config, "rootchain", "rpc",
					   "more endpoints than are asked");
		urls[(*count)++] = url;
	}
}

bool cmd_quorum(uint64_t *quorum, bool *is_alone, const struct config *config,
		struct error *error)
{
	const char *urls[HEADS_FETCH_MAX_ENDPOINTS];
	size_t count;

	if (!read_urls(urls, &count, config, error) ||
	    !config_number(quorum, config, "rootchain", "quorum", 0,
			   HEADS_FETCH_MAX_ENDPOINTS, error))
		return false;
	*is_alone = *quorum == 0 && count == 1;
	if (*quorum == 0)
		*quorum = *is_alone ? 1 : 2;
	return true;
}

bool cmd_client_new(struct rootchain_client **out,
		    const struct command *command, uint64_t timeout_ms,
		    struct error *error)
{
	const struct config *config = command->config;
	const char *urls[HEADS_FETCH_MAX_ENDPOINTS];
	struct rootchain_client_settings settings = {
		.limits = HTTP_LIMITS_USUAL,
		.max_answer = MAX_ANSWER,
	};
	uint64_t most_calls;
	size_t count;

	if (!read_urls(urls, &count, config, error) ||
	    !config_number(&most_calls, config, "rootchain",
			   "calls_per_request", 1, 1000, error) ||
	    !config_number(&settings.requests_per_second, config, "rootchain",
			   "requests_per_second", 0, 10000, error))
		return false;
	settings.most_calls = (size_t)most_calls;
	settings.limits.total_ms = timeout_ms;
	if (settings.limits.connect_ms > timeout_ms)
		settings.limits.connect_ms = timeout_ms;
	*out = rootchain_client_new(urls, count, &settings);
	return true;
}

/* How many say so; false names one that says otherwise. */
static bool count_confirmations(size_t *out, struct rootchain_client *client,
				uint64_t number, const struct hash *hash,
				uint64_t timeout_ms, struct error *error)
{
	struct hash hashes[HEADS_FETCH_MAX_ENDPOINTS];
	bool known[HEADS_FETCH_MAX_ENDPOINTS];
	bool ask[HEADS_FETCH_MAX_ENDPOINTS];
	size_t count = rootchain_client_count(client);

	for (size_t i = 0; i < count; i++)
		ask[i] = true;
	heads_fetch_hashes(hashes, known, client, ask, number, count,
			   timeout_ms);
	*out = 0;
	for (size_t i = 0; i < count; i++) {
		if (!known[i])
			log_event(LOG_WARNING, "an endpoint does not confirm",
				  log_text("endpoint",
					   rootchain_client_name(client, i)),
				  log_number("eth_block", number));
		else if (!hash_equal(&hashes[i], hash))
			return error_set(error, ERROR_REFUSED,
					 "%s has another eth_block %llu",
					 rootchain_client_name(client, i),
					 (unsigned long long)number);
		else
			*out += 1;
	}
	return true;
}

/* False if one is on another chain, or has other contracts there; those that
 * do not answer confirm nothing anyway. */
static bool check_network(struct rootchain_client *client,
			  const struct network *network, uint64_t timeout_ms,
			  struct error *error)
{
	struct endpoint_head heads[HEADS_FETCH_MAX_ENDPOINTS];
	bool ask[HEADS_FETCH_MAX_ENDPOINTS];
	size_t count = rootchain_client_count(client);

	for (size_t i = 0; i < count; i++)
		ask[i] = true;
	heads_fetch(heads, client, ask, network, network->deployment_block,
		    count, timeout_ms);
	for (size_t i = 0; i < count; i++) {
		if (heads[i].is_answered || heads[i].error.code != ERROR_CONFIG)
			continue;
		*error = heads[i].error;
		return false;
	}
	return true;
}

bool cmd_confirm(const struct command *command, const struct network *network,
		 uint64_t number, const struct hash *hash, struct error *error)
{
	struct rootchain_client *client;
	uint64_t timeout_ms;
	uint64_t quorum;
	bool is_alone;
	size_t count;

	if (!config_number(&timeout_ms, command->config, "rootchain",
			   "timeout_ms", 100, 600000, error) ||
	    !cmd_quorum(&quorum, &is_alone, command->config, error) ||
	    !cmd_client_new(&client, command, timeout_ms, error))
		return false;
	if (is_alone)
		quorum = 2; /* a file of somebody else's is not believed so */
	/* The hash of the head says all but what no header accounts for. */
	bool ok = (network == NULL ||
		   check_network(client, network, timeout_ms, error)) &&
		  count_confirmations(&count, client, number, hash, timeout_ms,
				      error) &&
		  (count >= quorum ||
		   error_set(error, ERROR_UNREACHABLE,
			     "%zu of %llu endpoints confirm eth_block %llu",
			     count, (unsigned long long)quorum,
			     (unsigned long long)number));
	rootchain_client_free(client);
	return ok;
}
