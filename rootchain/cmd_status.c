/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/base/hex.h"
#include "common/service/clock.h"
#include "rootchain/cmd.h"
#include "rootchain/snapshot_store.h"

#define LEVEL_SIZE 24

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

static void print_json(const struct snapshot_head *head,
		       const struct snapshot_state *state, uint64_t age)
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
	       "\"next_deposit\":%llu}\n",
	       (unsigned long long)head->number, hash, time,
	       (unsigned long long)head->time.seconds, safe, finalized, poll,
	       (unsigned long long)head->last_good_poll.seconds,
	       (unsigned long long)age, (unsigned long long)head->generation,
	       head->finality_broken ? "true" : "false",
	       head->proofs ? "full" : "off",
	       (unsigned long long)head->agreeing,
	       (unsigned long long)head->quorum,
	       (unsigned long long)state->next_child_block,
	       (unsigned long long)state->next_deposit);
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
	if (options_has(command->options, "json"))
		print_json(&head, &state, age);
	else
		print_text(&head, &state, age);
	return true;
}
