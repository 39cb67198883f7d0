/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdio.h>

#include "common/base/growing_buffer.h"
#include "common/base/hex.h"
#include "common/service/atomic_file.h"
#include "common/service/clock.h"
#include "common/service/strict_json.h"
#include "rootchain/cmd.h"
#include "rootchain/snapshot_store.h"

#define LEVEL_SIZE 24
#define ENDPOINTS_CEILING ((size_t)64 << 10)

bool cmd_snapshot_path(char out[CMD_PATH_SIZE], const struct command *command,
		       struct error *error)
{
	const char *datadir =
		config_text(command->config, "rootchain", "datadir");

	return snprintf(out, CMD_PATH_SIZE, "%s/" SNAPSHOT_STORE_FILE,
			datadir) < CMD_PATH_SIZE ||
	       error_set(error, ERROR_CONFIG, "%s: the path is too long",
			 datadir);
}

static void format_level(char out[LEVEL_SIZE], struct snapshot_level level,
			 const char *otherwise)
{
	if (level.known)
		(void)snprintf(out, LEVEL_SIZE, "%llu",
			       (unsigned long long)level.number); /* it fits */
	else
		(void)snprintf(out, LEVEL_SIZE, "%s", otherwise); /* as well */
}

/* What the follower wrote about its endpoints last; "[]" if nothing. */
static const char *read_endpoints(struct growing_buffer *out,
				  const struct command *command)
{
	char path[CMD_PATH_SIZE];
	struct error ignored;
	struct error problem;

	if (snprintf(path, sizeof(path), "%s/endpoints.json",
		     config_text(command->config, "rootchain", "datadir")) >=
		    (int)sizeof(path) ||
	    !atomic_file_read(out, path, &ignored))
		return "[]";
	json_t *list =
		strict_json_parse_new(growing_buffer_view(out), &problem);
	bool ok = json_is_array(list);
	json_decref(list);
	return ok ? growing_buffer_string(out) : "[]";
}

static void print_endpoints(struct growing_buffer *text)
{
	struct error problem;
	json_t *list =
		strict_json_parse_new(growing_buffer_view(text), &problem);

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *row = json_array_get(list, i);
		const char *parts[3];

		if (strict_json_string(&parts[0], row, "endpoint", &problem) &&
		    strict_json_string(&parts[1], row, "trouble", &problem) &&
		    strict_json_string(&parts[2], row, "reason", &problem))
			printf("endpoint        %s: %s %s\n", parts[0],
			       parts[1], parts[2]);
	}
	json_decref(list);
}

static void print_json(const struct snapshot_head *head,
		       const struct snapshot_state *state, uint64_t age,
		       const char *endpoints)
{
	char hash[HEX_SIZE(32)];
	char time[INSTANT_TEXT_SIZE];
	char poll[INSTANT_TEXT_SIZE];
	char safe[LEVEL_SIZE];
	char finalized[LEVEL_SIZE];

	hex_encode(hash, bytes_view(head->hash.bytes, 32));
	instant_format(time, head->time.seconds);
	instant_format(poll, head->last_good_poll.seconds);
	format_level(safe, head->safe, "null");
	format_level(finalized, head->finalized, "null");
	printf("{\"schema\":\"plasma.status/"
	       "1\",\"program\":\"plasma-rootchain\""
	       ",\"head\":%llu,\"head_hash\":\"%s\",\"head_time\":\"%s\","
	       "\"head_time_unix\":%llu,\"safe\":%s,\"finalized\":%s,"
	       "\"last_good_poll\":\"%s\",\"last_good_poll_unix\":%llu,"
	       "\"last_good_poll_age\":%llu,\"generation\":%llu,"
	       "\"finality_broken\":%s,\"proofs\":\"%s\",\"agreeing\":%llu,"
	       "\"quorum\":%llu,\"next_child_block\":%llu,"
	       "\"next_deposit\":%llu,\"endpoints\":%s}\n",
	       (unsigned long long)head->number, hash, time,
	       (unsigned long long)head->time.seconds, safe, finalized, poll,
	       (unsigned long long)head->last_good_poll.seconds,
	       (unsigned long long)age, (unsigned long long)head->generation,
	       head->finality_broken ? "true" : "false",
	       head->proofs ? "full" : "off",
	       (unsigned long long)head->agreeing,
	       (unsigned long long)head->quorum,
	       (unsigned long long)state->next_child_block,
	       (unsigned long long)state->next_deposit, endpoints);
}

static void print_text(const struct snapshot_head *head,
		       const struct snapshot_state *state, uint64_t age)
{
	char hash[HEX_SIZE(32)];
	char time[INSTANT_TEXT_SIZE];
	char safe[LEVEL_SIZE];
	char finalized[LEVEL_SIZE];

	hex_encode(hash, bytes_view(head->hash.bytes, 32));
	instant_format(time, head->time.seconds);
	format_level(safe, head->safe, "not known");
	format_level(finalized, head->finalized, "not known");
	printf("head            %llu %s\n"
	       "head time       %s\n"
	       "safe            %s\n"
	       "finalized       %s%s\n"
	       "last good poll  %llu s ago\n"
	       "endpoints       %llu agreed of %llu wanted\n"
	       "proofs          %s\n"
	       "reorganisations %llu\n"
	       "child chain     next block %llu, next deposit %llu\n",
	       (unsigned long long)head->number, hash, time, safe, finalized,
	       head->finality_broken ? " (a finalized eth_block was replaced)"
				     : "",
	       (unsigned long long)age, (unsigned long long)head->agreeing,
	       (unsigned long long)head->quorum, head->proofs ? "full" : "off",
	       (unsigned long long)head->generation,
	       (unsigned long long)state->next_child_block,
	       (unsigned long long)state->next_deposit);
}

bool cmd_status(const struct command *command, struct error *error)
{
	char path[CMD_PATH_SIZE];
	struct snapshot_reader *reader;
	struct snapshot_head head;
	struct snapshot_state state;
	struct growing_buffer text;

	if (!cmd_snapshot_path(path, command, error) ||
	    !snapshot_reader_open(&reader, path, NULL, error))
		return false;
	bool ok = snapshot_reader_begin(reader, &head, error) &&
		  snapshot_reader_state(reader, &state, error);
	snapshot_reader_close(reader);
	if (!ok)
		return false;
	uint64_t age = instant_since(clock_wall().seconds,
				     head.last_good_poll.seconds);
	growing_buffer_init(&text, ENDPOINTS_CEILING);
	const char *endpoints = read_endpoints(&text, command);
	if (command->is_json) {
		print_json(&head, &state, age, endpoints);
	} else {
		print_text(&head, &state, age);
		print_endpoints(&text);
	}
	growing_buffer_clear(&text);
	return true;
}
