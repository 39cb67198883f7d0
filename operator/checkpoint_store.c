/* SPDX-License-Identifier: MIT */
#include "operator/checkpoint_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/cursor.h"
#include "common/base/memory.h"
#include "common/base/writer.h"
#include "common/service/descriptor.h"
#include "operator/crc32c.h"

#define FILE_NAME "checkpoint"
#define PART_NAME "checkpoint.part"
#define MAGIC UINT64_C(0x504c41534d414332) /* "PLASMAC2" */
#define HEAD_SIZE (8 + 20 + 8 + 8 + 8)
#define MAX_COIN_SIZE ((size_t)8 + 1 + 20 + 20 + 32)
#define CHUNK_SIZE ((size_t)1 << 20)
#define TRAILER_SIZE 4

/* The byte behind the position: type, HAS_TOKEN, length of the amount less 1.
 */
#define TYPE_MASK 0x03u
#define HAS_TOKEN 0x04u
#define AMOUNT_SHIFT 3

struct checkpoint_writer {
	int datadir_fd;
	int fd;
	int failure; /* errno of the first failure */
	struct crc32c crc;
	size_t len;
	uint8_t chunk[CHUNK_SIZE];
};

static bool fail(struct error *error, const char *what, int number)
{
	return error_set(error, ERROR_IO, "checkpoint: %s: %s", what,
			 strerror(number));
}

static void flush_chunk(struct checkpoint_writer *writer)
{
	struct bytes chunk = bytes_view(writer->chunk, writer->len);

	crc32c_add(&writer->crc, chunk);
	if (writer->failure == 0 && !descriptor_write(writer->fd, chunk))
		writer->failure = errno;
	writer->len = 0;
}

bool checkpoint_writer_begin(struct checkpoint_writer **out,
			     const char *datadir,
			     const struct checkpoint_head *head,
			     struct error *error)
{
	struct checkpoint_writer *writer = memory_new(1, sizeof(*writer));

	crc32c_init(&writer->crc);
	writer->fd = -1;
	writer->datadir_fd = open(datadir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (writer->datadir_fd >= 0)
		writer->fd =
			openat(writer->datadir_fd, PART_NAME,
			       O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (writer->fd < 0) {
		(void)fail(error, "cannot make a file", errno);
		if (writer->datadir_fd >= 0)
			close(writer->datadir_fd);
		memory_free(writer);
		return false;
	}
	struct writer bytes = writer_of(writer->chunk, HEAD_SIZE);
	writer_put_number(&bytes, MAGIC, 8);
	writer_put(&bytes, bytes_view(head->framework.bytes, 20));
	writer_put_number(&bytes, head->blknum, 8);
	writer_put_number(&bytes, head->deposits_credited, 8);
	writer_put_number(&bytes, head->coin_count, 8);
	writer->len = bytes.len;
	flush_chunk(writer);
	*out = writer;
	return true;
}

void checkpoint_writer_put(struct checkpoint_writer *writer,
			   struct position position,
			   const struct output *output)
{
	uint8_t amount[32];
	bool has_token = !token_is_eth(&output->token);
	size_t skipped = 0;

	if (writer->len + MAX_COIN_SIZE > CHUNK_SIZE)
		flush_chunk(writer);
	struct writer bytes =
		writer_of(writer->chunk + writer->len, MAX_COIN_SIZE);
	amount_to_be(amount, output->amount);
	while (skipped < 31 && amount[skipped] == 0)
		skipped++;
	writer_put_number(&bytes, position.packed, 8);
	writer_put_byte(&bytes, (uint8_t)((output->type & TYPE_MASK) |
					  (has_token ? HAS_TOKEN : 0) |
					  (31 - skipped) << AMOUNT_SHIFT));
	writer_put(&bytes, bytes_view(output->owner.bytes, 20));
	if (has_token)
		writer_put(&bytes, bytes_view(output->token.address.bytes, 20));
	writer_put(&bytes, bytes_view(amount + skipped, 32 - skipped));
	writer->len += bytes.len;
}

bool checkpoint_writer_end(struct checkpoint_writer *writer,
			   struct error *error)
{
	flush_chunk(writer);
	struct writer bytes = writer_of(writer->chunk, 4);
	writer_put_number(&bytes, crc32c_value(&writer->crc), 4);
	writer->len = bytes.len;
	flush_chunk(writer);

	if (writer->failure == 0 &&
	    (fsync(writer->fd) != 0 ||
	     renameat(writer->datadir_fd, PART_NAME, writer->datadir_fd,
		      FILE_NAME) != 0 ||
	     fsync(writer->datadir_fd) != 0))
		writer->failure = errno;
	int failure = writer->failure;
	close(writer->fd);
	close(writer->datadir_fd);
	memory_free(writer);
	return failure == 0 ? true : fail(error, "cannot write", failure);
}

/* What is left of the file in front of the trailer, a chunk at a time. */
struct source {
	int fd;
	uint64_t left;
	struct crc32c crc;
	uint8_t chunk[CHUNK_SIZE];
	size_t at;
	size_t len;
};

/* Makes sure that a whole coin lies in the chunk, if there is one. */
static bool fill(struct source *source)
{
	size_t rest = source->len - source->at;

	if (rest >= MAX_COIN_SIZE || source->left == 0)
		return true;
	memmove(source->chunk, source->chunk + source->at, rest);
	size_t more = CHUNK_SIZE - rest;
	if (more > source->left)
		more = (size_t)source->left;
	if (!descriptor_read(source->fd, source->chunk + rest, more))
		return false;
	crc32c_add(&source->crc, bytes_view(source->chunk + rest, more));
	source->left -= more;
	source->at = 0;
	source->len = rest + more;
	return true;
}

static struct cursor cursor_at(const struct source *source)
{
	return cursor_of(bytes_view(source->chunk + source->at,
				    source->len - source->at));
}

static bool read_head(struct source *source, struct checkpoint_head *head)
{
	if (!fill(source))
		return false;
	struct cursor cursor = cursor_at(source);
	uint64_t magic = cursor_take_number(&cursor, 8);
	head->framework = cursor_take_address(&cursor);
	head->blknum = cursor_take_number(&cursor, 8);
	head->deposits_credited = cursor_take_number(&cursor, 8);
	head->coin_count = cursor_take_number(&cursor, 8);
	source->at += HEAD_SIZE;
	return cursor_ok(&cursor) && magic == MAGIC;
}

static uint64_t number_at(const uint8_t *bytes)
{
	uint64_t number = 0;

	for (size_t i = 0; i < 8; i++)
		number = number << 8 | bytes[i];
	return number;
}

/* Ten million of these make a start: no cursor, but every length is judged. */
static bool read_coin(struct source *source, struct ledger *ledger)
{
	static const struct output none;
	uint8_t amount[32] = { 0 };
	struct position position;

	if (!fill(source) || source->len - source->at < 8 + 1 + 20)
		return false;
	const uint8_t *bytes = source->chunk + source->at;
	uint8_t kind = bytes[8];
	size_t token_len = (kind & HAS_TOKEN) != 0 ? 20 : 0;
	size_t amount_len = (size_t)(kind >> AMOUNT_SHIFT) + 1;
	size_t len = 8 + 1 + 20 + token_len + amount_len;
	struct output output = none;

	if (source->len - source->at < len ||
	    !position_from_packed(&position, number_at(bytes)))
		return false;
	output.type = kind & TYPE_MASK;
	memcpy(output.owner.bytes, bytes + 9, 20);
	memcpy(output.token.address.bytes, bytes + 29, token_len);
	memcpy(amount + 32 - amount_len, bytes + 29 + token_len, amount_len);
	output.amount = amount_from_be(amount);
	ledger_put(ledger, position, &output, COIN_UNSPENT);
	source->at += len;
	return true;
}

static bool read_all(struct source *source, struct ledger *ledger,
		     struct checkpoint_head *head)
{
	uint8_t trailer[TRAILER_SIZE];

	/* No coin has less than 30 bytes. */
	if (!read_head(source, head) ||
	    head->coin_count > (source->left + CHUNK_SIZE) / 30)
		return false;
	ledger_reserve(ledger, (size_t)head->coin_count);
	for (uint64_t i = 0; i < head->coin_count; i++) {
		if (!read_coin(source, ledger))
			return false;
	}
	if (source->at != source->len || source->left != 0 ||
	    !descriptor_read(source->fd, trailer, sizeof(trailer)))
		return false;
	struct cursor cursor = cursor_of(bytes_view(trailer, sizeof(trailer)));
	return cursor_take_number(&cursor, 4) == crc32c_value(&source->crc);
}

static bool read_file(int fd, struct ledger *ledger,
		      struct checkpoint_head *head)
{
	struct source *source = memory_new(1, sizeof(*source));
	struct stat status;

	source->fd = fd;
	crc32c_init(&source->crc);
	bool ok = fstat(fd, &status) == 0 && status.st_size > TRAILER_SIZE;
	if (ok) {
		source->left = (uint64_t)status.st_size - TRAILER_SIZE;
		ok = read_all(source, ledger, head);
	}
	memory_free(source);
	return ok;
}

bool checkpoint_store_read(struct ledger *ledger, struct checkpoint_head *head,
			   const char *datadir, const struct address *framework,
			   struct error *error)
{
	int datadir_fd = open(datadir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = datadir_fd < 0
			 ? -1
			 : openat(datadir_fd, FILE_NAME, O_RDONLY | O_CLOEXEC);
	int number = errno;

	if (datadir_fd >= 0)
		close(datadir_fd);
	if (fd < 0)
		return error_set(
			error, number == ENOENT ? ERROR_NO_INPUT : ERROR_IO,
			"checkpoint: cannot open: %s", strerror(number));
	bool ok = read_file(fd, ledger, head);
	close(fd);
	if (ok && address_equal(&head->framework, framework))
		return true;
	ledger_reset(ledger);
	return error_set(error, ERROR_BAD_INPUT, "checkpoint: %s",
			 ok ? "it is of another chain" : "it is damaged");
}

bool checkpoint_store_remove(const char *datadir, struct error *error)
{
	int datadir_fd = open(datadir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (datadir_fd < 0)
		return fail(error, "cannot open the data directory", errno);
	bool ok =
		(unlinkat(datadir_fd, FILE_NAME, 0) == 0 || errno == ENOENT) &&
		fsync(datadir_fd) == 0;
	int number = errno;
	close(datadir_fd);
	return ok ? true : fail(error, "cannot remove", number);
}
