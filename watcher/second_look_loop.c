/* SPDX-License-Identifier: MIT */
#include "watcher/second_look_loop.h"

#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/chain/block.h"
#include "common/service/log.h"
#include "watcher/event_store.h"
#include "watcher/watcher_store.h"

#define KEY_START "served "
#define MOST_BLOCKS 16
#define HOUR 3600

/* A block with more transactions is large. */
#define MOST_SMALL 4096

/* One event for each block, and not of ever more of them. */
static bool may_raise(struct database *database, bool *may, const char *key,
		      struct error *error)
{
	struct standing_event *list;
	size_t count;
	size_t served = 0;

	if (!event_store_list_new(database, &list, &count, error))
		return false;
	*may = true;
	for (size_t i = 0; i < count; i++) {
		if (list[i].kind != EVENT_EQUIVOCATION ||
		    strncmp(list[i].key, KEY_START, strlen(KEY_START)) != 0)
			continue;
		served++;
		*may = *may && strcmp(list[i].key, key) != 0;
	}
	*may = *may && served < MOST_BLOCKS;
	event_store_list_free(list, count);
	return true;
}

/* Which source it was the log says: the facts are of the block, and its name
 * may be what others should not read. */
static void write_facts(char *out, size_t size,
			const struct watched_block *block,
			const struct hash *other)
{
	char root[HEX_SIZE(32)];
	char other_root[HEX_SIZE(32)];

	hex_encode(root, bytes_view(block->root.bytes, 32));
	hex_encode(other_root, bytes_view(other->bytes, 32));
	(void)snprintf(out, size,
		       "{\"block\":%llu,\"root\":\"%s\","
		       "\"root_of_other_body\":\"%s\"}",
		       (unsigned long long)block->blknum, root,
		       other_root); /* it fits */
}

static bool keep(const struct second_look_parts *parts,
		 const struct raised_event *event, const struct body_file *file,
		 const struct hash *other, struct error *error)
{
	bool ok = database_begin(parts->database, error) &&
		  body_store_put_unsynced(parts->bodies, other, file, error) &&
		  body_store_sync(parts->bodies, error) &&
		  event_store_raise(parts->database, NULL, event, error) &&
		  database_commit(parts->database, error);

	if (!ok)
		database_rollback(parts->database);
	return ok;
}

static bool raise_other(const struct second_look_parts *parts,
			const struct watched_block *block, size_t source,
			const struct body_file *file, const struct hash *other,
			const struct pass_facts *facts, struct error *error)
{
	char key[EVENT_KEY_SIZE];
	char text[256];
	struct raised_event event = {
		.kind = EVENT_EQUIVOCATION,
		.key = key,
		.facts = text,
		.at = facts->now,
	};
	bool may;

	(void)snprintf(key, sizeof(key), KEY_START "%llu",
		       (unsigned long long)block->blknum); /* it fits */
	if (!may_raise(parts->database, &may, key, error))
		return false;
	if (!may)
		return true;
	write_facts(text, sizeof(text), block, other);
	log_event(LOG_WARNING, "a source serves another body of a block",
		  log_number("block", block->blknum),
		  log_text("source", block_fetch_name(parts->fetch, source)),
		  log_hash("root", &block->root),
		  log_hash("root_of_other_body", other));
	return keep(parts, &event, file, other, error);
}

/* `answers` false: it has none, and is not asked further. */
static bool ask(const struct second_look_parts *parts, bool *answers,
		const struct watched_block *block, size_t source,
		const struct pass_facts *facts, struct error *error)
{
	struct body_file file = BODY_FILE_NONE;
	struct block_body body;
	enum verdict verdict;

	*answers = true;
	if (block->transaction_count > MOST_SMALL && !parts->takes_large)
		return true;
	if (!block_fetch_body(parts->fetch, &verdict, &file, source,
			      &block->root, error))
		return false;
	bool ok = true;
	*answers = verdict == VERDICT_VALID;
	if (*answers && block_body_read_mapped(&body, file.bytes).verdict ==
				VERDICT_VALID) {
		if (body.count > 0 && !hash_equal(&body.root, &block->root))
			ok = raise_other(parts, block, source, &file,
					 &body.root, facts, error);
		block_body_clear(&body);
	}
	body_file_clear(&file);
	return ok;
}

bool second_look_loop_pass(const struct second_look_parts *parts,
			   const struct pass_facts *facts, struct error *error)
{
	uint64_t count = facts->applied_block / PROTOCOL_BLOCK_INTERVAL;
	size_t sources = block_fetch_count(parts->fetch);
	struct watched_block newest;
	struct watched_block picked;
	bool found;

	if (count == 0 || !watcher_store_block(parts->database, &found, &newest,
					       facts->applied_block, error))
		return count == 0;
	uint64_t number = (facts->now.seconds / HOUR % count + 1) *
			  PROTOCOL_BLOCK_INTERVAL;
	bool ok = !found || watcher_store_block(parts->database, &found,
						&picked, number, error);
	for (size_t i = 0; ok && found && i < sources; i++) {
		bool answers;

		ok = ask(parts, &answers, &newest, i, facts, error) &&
		     (!answers || number == newest.blknum ||
		      ask(parts, &answers, &picked, i, facts, error));
	}
	return ok;
}
