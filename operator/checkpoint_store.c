/* SPDX-License-Identifier: MIT */
#include "operator/checkpoint_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cursor.h"
#include "common/base/memory.h"
#include "common/base/writer.h"
#include "operator/crc32c.h"

#define FILE_NAME "checkpoint"
#define PART_NAME "checkpoint.part"
#define MAGIC UINT64_C(0x504c41534d414331) /* "PLASMAC1" */
#define HEAD_SIZE (8 + 20 + 8 + 8 + 8)
#define COIN_SIZE (8 + 1 + 20 + 20 + 32)
#define CHUNK_SIZE (COIN_SIZE * 8192)

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
	const uint8_t *at = writer->chunk;

	crc32c_add(&writer->crc, bytes_view(at, writer->len));
	while (writer->failure == 0 && writer->len > 0) {
		ssize_t written = write(writer->fd, at, writer->len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			writer->failure = errno;
			break;
		}
		at += written;
		writer->len -= (size_t)written;
	}
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

	if (writer->len + COIN_SIZE > CHUNK_SIZE)
		flush_chunk(writer);
	struct writer bytes = writer_of(writer->chunk + writer->len, COIN_SIZE);
	amount_to_be(amount, output->amount);
	writer_put_number(&bytes, position.packed, 8);
	writer_put_byte(&bytes, output->type);
	writer_put(&bytes, bytes_view(output->owner.bytes, 20));
	writer_put(&bytes, bytes_view(output->token.address.bytes, 20));
	writer_put(&bytes, bytes_view(amount, sizeof(amount)));
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

struct source {
	FILE *file;
	struct crc32c crc;
};

static bool take(struct source *source, uint8_t *out, size_t len)
{
	if (fread(out, 1, len, source->file) != len)
		return false;
	crc32c_add(&source->crc, bytes_view(out, len));
	return true;
}

static bool read_head(struct source *source, struct checkpoint_head *head)
{
	uint8_t bytes[HEAD_SIZE];

	if (!take(source, bytes, sizeof(bytes)))
		return false;
	struct cursor cursor = cursor_of(bytes_view(bytes, sizeof(bytes)));
	uint64_t magic = cursor_take_number(&cursor, 8);
	head->framework = cursor_take_address(&cursor);
	head->blknum = cursor_take_number(&cursor, 8);
	head->deposits_credited = cursor_take_number(&cursor, 8);
	head->coin_count = cursor_take_number(&cursor, 8);
	return cursor_finished(&cursor) && magic == MAGIC;
}

static bool read_coin(struct source *source, struct ledger *ledger)
{
	uint8_t bytes[COIN_SIZE];
	struct position position;
	struct output output;

	if (!take(source, bytes, sizeof(bytes)))
		return false;
	struct cursor cursor = cursor_of(bytes_view(bytes, sizeof(bytes)));
	uint64_t packed = cursor_take_number(&cursor, 8);
	output.type = cursor_take_byte(&cursor);
	output.owner = cursor_take_address(&cursor);
	output.token.address = cursor_take_address(&cursor);
	struct hash amount = cursor_take_hash(&cursor);
	output.amount = amount_from_be(amount.bytes);
	if (!cursor_finished(&cursor) ||
	    !position_from_packed(&position, packed))
		return false;
	ledger_put(ledger, position, &output, COIN_UNSPENT);
	return true;
}

static bool read_all(struct source *source, struct ledger *ledger,
		     struct checkpoint_head *head)
{
	uint8_t trailer[4];

	if (!read_head(source, head))
		return false;
	for (uint64_t i = 0; i < head->coin_count; i++) {
		if (!read_coin(source, ledger))
			return false;
	}
	uint32_t crc = crc32c_value(&source->crc);
	if (!take(source, trailer, sizeof(trailer)))
		return false;
	struct cursor cursor = cursor_of(bytes_view(trailer, sizeof(trailer)));
	return cursor_take_number(&cursor, 4) == crc &&
	       fgetc(source->file) == EOF;
}

bool checkpoint_store_read(struct ledger *ledger, struct checkpoint_head *head,
			   const char *datadir, const struct address *framework,
			   struct error *error)
{
	struct source source;
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
	source.file = fdopen(fd, "rb");
	if (source.file == NULL) {
		close(fd);
		return fail(error, "cannot read", errno);
	}
	crc32c_init(&source.crc);
	bool ok = read_all(&source, ledger, head);
	(void)fclose(source.file); /* only read */
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
