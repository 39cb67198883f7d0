/* SPDX-License-Identifier: MIT */

/*
 * Changes single bytes of a snapshot file and verifies it each time: it has to
 * be refused, or its content has the same digest as before. What it must not do
 * is crash, or find another content good.
 *
 *	snapshot_mutations FILE SCRATCH NETWORK [STEP]
 *
 * NETWORK is the network file that the snapshot is about. Every STEP-th byte, 1
 *unless given. SCRATCH is written to. Prints what it counted; exit code 1 if a
 *changed content was accepted.
 */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rootchain/verify_store.h"

static uint8_t *content;
static size_t len;
static struct network *network;

static bool read_file(const char *path)
{
	FILE *file = fopen(path, "rb");

	if (file == NULL || fseek(file, 0, SEEK_END) != 0)
		return false;
	len = (size_t)ftell(file);
	rewind(file);
	content = malloc(len);
	bool ok = content != NULL && fread(content, 1, len, file) == len;
	(void)fclose(file); /* only read */
	return ok;
}

static bool write_all(int fd)
{
	return pwrite(fd, content, len, 0) == (ssize_t)len &&
	       ftruncate(fd, (off_t)len) == 0;
}

struct counts {
	size_t refused;
	size_t same;
	size_t wrong;
};

/* Which byte it was, should the verifier give up. */
static volatile size_t under_test;

static void say_where(int number)
{
	char text[64];
	int text_len = snprintf(text, sizeof(text), "given up at byte %zu\n",
				(size_t)under_test);

	(void)number;
	if (write(STDOUT_FILENO, text, (size_t)text_len) < 0)
		_exit(2);
	_exit(1);
}

/* A file of the kind that readers leave beside a database would be taken for
 * part of it. */
static void remove_beside(const char *scratch)
{
	static const char *const endings[] = { "-wal", "-shm", "-journal" };
	char path[4200];

	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof(path), "%s%s", scratch, endings[i]);
		(void)unlink(path); /* mostly it is not there */
	}
}

static void try_one(struct counts *counts, const char *scratch, int fd,
		    size_t at, const struct hash *digest)
{
	struct verify_report report;
	struct error error;
	uint8_t before = content[at];

	under_test = at;

	content[at] = (uint8_t)(before ^ (1u << (at % 8)));
	if (pwrite(fd, content + at, 1, (off_t)at) != 1)
		exit(2);
	if (!verify_store_check(&report, scratch, network, NULL, &error)) {
		counts->refused++;
	} else if (hash_equal(&report.digest, digest)) {
		counts->same++;
	} else {
		counts->wrong++;
		printf("byte %zu was accepted with another digest\n", at);
	}
	remove_beside(scratch);
	content[at] = before;
	if (pwrite(fd, content + at, 1, (off_t)at) != 1 ||
	    ftruncate(fd, (off_t)len) != 0)
		exit(2);
}

int main(int argc, char **argv)
{
	struct counts counts = { 0, 0, 0 };
	struct verify_report report;
	struct error error;

	if (argc < 4 || !read_file(argv[1])) {
		fprintf(stderr, "usage: %s FILE SCRATCH NETWORK [STEP]\n",
			argv[0]);
		return 64;
	}
	size_t step = argc > 4 ? (size_t)strtoul(argv[4], NULL, 10) : 1;
	if (!network_read_new(&network, argv[3], &error)) {
		fprintf(stderr, "%s\n", error.message);
		return 65;
	}
	int fd = open(argv[2], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || !write_all(fd))
		return 74;
	if (!verify_store_check(&report, argv[2], network, NULL, &error)) {
		fprintf(stderr, "the file itself is refused: %s\n",
			error.message);
		return 65;
	}
	struct hash digest = report.digest;
	(void)signal(SIGABRT, say_where); /* its own mistakes */
	for (size_t at = 0; at < len; at += step)
		try_one(&counts, argv[2], fd, at, &digest);
	printf("%zu refused, %zu the same, %zu accepted\n", counts.refused,
	       counts.same, counts.wrong);
	(void)close(fd); /* a scratch file */
	free(content);
	network_free(network);
	return counts.wrong == 0 ? 0 : 1;
}
