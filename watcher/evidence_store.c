/* SPDX-License-Identifier: MIT */
#include "watcher/evidence_store.h"

#include "common/chain/protocol.h"
#include "common/codec/rlp_reader.h"
#include "common/codec/rlp_writer.h"
#include "common/ethereum/contract_calls.h"

static bool too_long(struct error *error)
{
	return error_set(error, ERROR_SOFTWARE,
			 "an evidence needs more memory than it may");
}

/* The strings of an RLP list, borrowed from it. */
static bool read_list(struct bytes **out, size_t *count, struct arena *arena,
		      struct bytes list, struct error *error)
{
	struct rlp_item item;

	if (!rlp_item_read(&item, list) || !item.is_list)
		return error_set(error, ERROR_BAD_INPUT,
				 "the snapshot has receipts that are no list");
	struct rlp_reader reader = rlp_reader_into(&item);
	*out = arena_new(arena, rlp_reader_count(reader) + 1, sizeof(**out));
	if (*out == NULL)
		return too_long(error);
	*count = 0;
	while (rlp_reader_has_more(&reader))
		(*out)[(*count)++] = rlp_reader_next(&reader).payload;
	return true;
}

bool evidence_store_anchor(const struct evidence_sources *sources, bool *found,
			   struct log_anchor *out, struct arena *arena,
			   uint64_t eth_block_number, uint32_t log_index,
			   struct error *error)
{
	struct root_time time;
	struct bytes *receipts;
	struct bytes view;
	size_t count;

	out->eth_block_number = eth_block_number;
	if (!snapshot_reader_eth_block(sources->snapshot, found,
				       &out->eth_block_hash, &time,
				       eth_block_number, error))
		return false;
	if (!*found)
		return true;
	if (!snapshot_reader_header(sources->snapshot, found, &view,
				    eth_block_number, error))
		return false;
	out->header = *found ? arena_copy(arena, view) : bytes_view(NULL, 0);
	if (!snapshot_reader_receipts(sources->snapshot, found, &view,
				      eth_block_number, error))
		return false;
	if (!*found)
		return true;
	struct bytes list = arena_copy(arena, view);
	if (out->header.data == NULL || list.data == NULL)
		return too_long(error);
	if (!read_list(&receipts, &count, arena, list, error))
		return false;
	*found = log_anchor_find(out, arena, receipts, count, log_index);
	return true;
}

/* The BlockRootSubmitted of a block, in the eth_block of its BlockSubmitted. */
static bool find_root_log(const struct evidence_sources *sources, bool *found,
			  uint32_t *log_index,
			  const struct watched_block *block,
			  struct error *error)
{
	struct snapshot_event event;

	*found = false;
	if (!snapshot_reader_events_from(sources->snapshot,
					 block->eth_block_number, 0, error))
		return false;
	for (;;) {
		switch (snapshot_reader_next_event(sources->snapshot, &event,
						   error)) {
		case SNAPSHOT_NEXT_FAILED:
			return false;
		case SNAPSHOT_NEXT_END:
			return true;
		case SNAPSHOT_NEXT_EVENT:
			break;
		}
		if (event.log.eth_block_number != block->eth_block_number)
			return true;
		*found = event.event.kind ==
				 CONTRACT_EVENT_BLOCK_ROOT_SUBMITTED &&
			 event.event.as.block_root_submitted.blknum ==
				 block->blknum;
		*log_index = event.log.log_index;
		if (*found)
			return true;
	}
}

bool evidence_store_block_anchor(const struct evidence_sources *sources,
				 bool *found, struct log_anchor *out,
				 struct arena *arena, uint64_t blknum,
				 struct error *error)
{
	struct watched_deposit deposit;
	struct watched_block block;
	uint32_t log_index = 0;

	if (blknum_is_deposit(blknum)) {
		if (!watcher_store_deposit(sources->database, found, &deposit,
					   blknum, error))
			return false;
		return !*found ||
		       evidence_store_anchor(sources, found, out, arena,
					     deposit.eth_block_number,
					     deposit.log_index, error);
	}
	if (!watcher_store_block(sources->database, found, &block, blknum,
				 error))
		return false;
	if (*found && !find_root_log(sources, found, &log_index, &block, error))
		return false;
	return !*found ||
	       evidence_store_anchor(sources, found, out, arena,
				     block.eth_block_number, log_index, error);
}

/* The signed form from its two parts, as a body has it. */
static bool join_signed(struct bytes *out, struct arena *arena,
			const struct inclusion *inclusion)
{
	struct rlp_item raw;

	*out = bytes_view(NULL, 0);
	if (blknum_is_deposit(position_blknum(inclusion->position)) ||
	    !rlp_item_read(&raw, inclusion->raw))
		return true;
	size_t payload =
		rlp_list_len(inclusion->signatures.len) + raw.payload.len;
	size_t len = rlp_list_len(payload);
	uint8_t *bytes = arena_new(arena, len, 1);
	if (bytes == NULL)
		return false;
	struct writer writer = writer_of(bytes, len);
	rlp_put_list_header(&writer, payload);
	rlp_put_list_header(&writer, inclusion->signatures.len);
	writer_put(&writer, inclusion->signatures);
	writer_put(&writer, raw.payload);
	*out = writer_view(&writer);
	return true;
}

static bool put_exit(struct coin_evidence *out, struct arena *arena,
		     struct error *error)
{
	struct growing_buffer call;

	growing_buffer_init(&call, CONTRACT_CALL_MAX_LEN);
	coin_evidence_exit_call(&call, out);
	bool ok = !call.overflowed;
	out->exit_call_data = arena_copy(arena, growing_buffer_view(&call));
	growing_buffer_clear(&call);
	return ok || too_long(error);
}

static bool put_transaction(struct coin_evidence *out, struct arena *arena,
			    const struct inclusion *inclusion,
			    struct error *error)
{
	out->root = inclusion->root;
	out->transaction = arena_copy(arena, inclusion->raw);
	out->proof = arena_copy(
		arena, bytes_view(inclusion->proof, PROTOCOL_PROOF_SIZE));
	return (out->transaction.data != NULL && out->proof.data != NULL &&
		join_signed(&out->signed_transaction, arena, inclusion)) ||
	       too_long(error);
}

bool evidence_store_coin(const struct evidence_sources *sources, bool *found,
			 struct coin_evidence *out, struct arena *arena,
			 const struct watched_coin *coin, struct error *error)
{
	struct inclusion inclusion;

	out->position = coin->position;
	out->output = coin->output;
	bool ok =
		inclusion_store_find(sources->bodies, found, &inclusion,
				     sources->database, coin->position, error);
	if (ok && *found)
		ok = put_transaction(out, arena, &inclusion, error);
	inclusion_clear(&inclusion);
	return ok && (!*found ||
		      (put_exit(out, arena, error) &&
		       evidence_store_block_anchor(
			       sources, &out->has_anchor, &out->anchor, arena,
			       position_blknum(coin->position), error)));
}
