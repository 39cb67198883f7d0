/* SPDX-License-Identifier: MIT */
#include "watcher/inclusion_store.h"

#include <string.h>

#include "common/chain/block.h"
#include "common/chain/deposit.h"
#include "watcher/watcher_store.h"

/* Copies transaction `index` out of a body that was read. */
static void copy_transaction(struct inclusion *out,
			     const struct block_body *body, uint32_t index)
{
	struct bytes signatures = block_body_frame(body, index).signatures;
	struct bytes raw = block_body_raw(body, index, &out->buffer);
	size_t raw_len = raw.len;

	(void)growing_buffer_put(&out->buffer,
				 signatures); /* both are of one body */
	out->raw = bytes_view(out->buffer.data, raw_len);
	out->signatures =
		bytes_view(out->buffer.data + raw_len, signatures.len);
	block_body_proof(out->proof, body, index);
}

static bool find_in_body(struct body_store *bodies, bool *found,
			 struct inclusion *out, uint32_t index,
			 struct error *error)
{
	struct body_file file;
	struct block_body body;

	if (!body_store_map(bodies, &file, &out->root, error))
		return error->code == ERROR_NO_INPUT;
	struct finding finding = block_body_read_mapped(&body, file.bytes);
	bool ok = (finding.verdict == VERDICT_VALID &&
		   hash_equal(&body.root, &out->root)) ||
		  error_set(error, ERROR_IO,
			    "bodies: a file is not what its name says");
	if (ok && index < body.count) {
		copy_transaction(out, &body, index);
		*found = true;
	}
	block_body_clear(&body);
	body_file_clear(&file);
	return ok;
}

static bool find_deposit(bool *found, struct inclusion *out,
			 struct database *database, uint64_t blknum,
			 struct error *error)
{
	struct watched_deposit deposit;
	bool exists;

	if (!watcher_store_deposit(database, &exists, &deposit, blknum, error))
		return false;
	if (!exists || !deposit.bytes_known)
		return true;
	out->root = deposit.root;
	(void)growing_buffer_put(
		&out->buffer,
		bytes_view(deposit.raw, deposit.raw_len)); /* it fits */
	out->raw = growing_buffer_view(&out->buffer);
	deposit_proof(out->proof);
	*found = true;
	return true;
}

bool inclusion_store_find(struct body_store *bodies, bool *found,
			  struct inclusion *out, struct database *database,
			  struct position position, struct error *error)
{
	uint64_t blknum = position_blknum(position);
	uint32_t index = position_txindex(position);
	struct watched_block block;
	bool exists;

	memset(out, 0, sizeof(*out));
	growing_buffer_init(&out->buffer, PROTOCOL_MAX_BODY_SIZE);
	out->position = position_of_transaction(position);
	*found = false;
	if (blknum_is_deposit(blknum))
		return index != 0 ||
		       find_deposit(found, out, database, blknum, error);
	if (!watcher_store_block(database, &exists, &block, blknum, error))
		return false;
	if (!exists || !block.has_body)
		return true;
	out->root = block.root;
	return find_in_body(bodies, found, out, index, error);
}

void inclusion_clear(struct inclusion *inclusion)
{
	growing_buffer_clear(&inclusion->buffer);
}
