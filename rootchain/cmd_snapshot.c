/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/service/atomic_file.h"
#include "common/service/process.h"
#include "common/service/temporary_folder.h"
#include "common/snapshot/snapshot_digest.h"
#include "common/snapshot/snapshot_file.h"
#include "rootchain/cmd.h"
#include "rootchain/compression_store.h"
#include "rootchain/portable_store.h"
#include "rootchain/snapshot_store.h"
#include "rootchain/verify_store.h"

/* ---- files from elsewhere ---- */

/* A snapshot that can be opened: the file itself, or what is packed in it, in a
 * folder of its own. */
struct opened {
	char path[CMD_PATH_SIZE];
	char folder[TEMPORARY_FOLDER_SIZE]; /* empty: there is none */
};

/* The digest beside the packed file is about what is in it. */
static bool unpack(struct opened *out, const char *path, struct error *error)
{
	struct snapshot_file_digest is;
	bool found;

	if (!temporary_folder_make(out->folder, error)) {
		out->folder[0] = '\0';
		return false;
	}
	(void)snprintf(out->path, sizeof(out->path), "%s/snapshot.db",
		       out->folder); /* it fits */
	return compression_store_unpack(path, out->path, error) &&
	       snapshot_file_read_digest(&is, &found, path, error) &&
	       (!found || snapshot_file_write_digest(out->path, &is, error));
}

static bool open_file(struct opened *out, const char *path, struct error *error)
{
	bool is_packed;

	out->folder[0] = '\0';
	if (!compression_store_is_packed(&is_packed, path, error))
		return false;
	if (is_packed)
		return unpack(out, path, error);
	return snprintf(out->path, sizeof(out->path), "%s", path) <
		       (int)sizeof(out->path) ||
	       error_set(error, ERROR_USAGE, "the path is too long");
}

static void close_file(const struct opened *opened)
{
	if (opened->folder[0] != '\0')
		temporary_folder_remove(opened->folder);
}

/* ---- digest ---- */

static void print_digest(const struct command *command,
			 const struct hash *digest,
			 const struct snapshot_head *head)
{
	char text[HEX_SIZE(32)];
	char hash[HEX_SIZE(32)];

	hex_encode(text, bytes_view(digest->bytes, 32));
	hex_encode(hash, bytes_view(head->hash.bytes, 32));
	printf(command->is_json
		       ? "{\"schema\":\"plasma.digest/1\",\"digest\":\"%s\","
			 "\"head\":%llu,\"head_hash\":\"%s\"}\n"
		       : "%s at eth_block %llu %s\n",
	       text, (unsigned long long)head->number, hash);
}

/* The file that was named, or the one in the data directory. */
static bool find_path(char out[CMD_PATH_SIZE], const struct command *command,
		      struct error *error)
{
	if (command->options->argument_count == 0)
		return cmd_snapshot_path(out, command, error);
	return snprintf(out, CMD_PATH_SIZE, "%s",
			command->options->arguments[0]) < CMD_PATH_SIZE ||
	       error_set(error, ERROR_USAGE, "the path is too long");
}

static bool needs_file(const struct command *command, struct error *error)
{
	return command->options->argument_count == 1 ||
	       error_set(error, ERROR_USAGE, "%s: which FILE?",
			 command->options->command->name);
}

static bool read_digest(struct hash *digest, struct snapshot_head *head,
			const char *path, struct error *error)
{
	struct snapshot_reader *reader;

	if (!snapshot_reader_open(&reader, path, NULL, error))
		return false;
	bool ok = snapshot_reader_begin(reader, head, error) &&
		  snapshot_digest(digest, reader, error);
	snapshot_reader_close(reader);
	return ok;
}

bool cmd_digest(const struct command *command, struct error *error)
{
	char path[CMD_PATH_SIZE];
	struct opened opened;
	struct hash digest;
	struct snapshot_head head;

	if (!find_path(path, command, error))
		return false;
	bool ok = open_file(&opened, path, error) &&
		  read_digest(&digest, &head, opened.path, error);
	close_file(&opened);
	if (ok)
		print_digest(command, &digest, &head);
	return ok;
}

/* ---- snapshot FILE ---- */

bool cmd_snapshot(const struct command *command, struct error *error)
{
	char from[CMD_PATH_SIZE];
	struct snapshot_file_digest is;
	struct snapshot_head head;

	if (!needs_file(command, error) ||
	    !cmd_snapshot_path(from, command, error) ||
	    (!options_has(command->options, "force") &&
	     !atomic_file_is_new(command->options->arguments[0], error)) ||
	    !portable_store_write(&is, &head, from,
				  command->options->arguments[0], error))
		return false;
	print_digest(command, &is.content, &head);
	return true;
}

/* ---- verify and import ---- */

static void print_report(const struct command *command,
			 const struct verify_report *report)
{
	char digest[HEX_SIZE(32)];
	char hash[HEX_SIZE(32)];
	bool is_json = command->is_json;

	hex_encode(digest, bytes_view(report->digest.bytes, 32));
	hex_encode(hash, bytes_view(report->head.hash.bytes, 32));
	printf(is_json ? "{\"schema\":\"plasma.verify/1\",\"ok\":true,"
			 "\"digest\":\"%s\",\"head\":%llu,\"head_hash\":"
			 "\"%s\",\"eth_blocks\":%llu,\"receipts\":%llu,"
			 "\"logs\":%llu,\"child_blocks\":%llu,\"proofs\":"
			 "\"%s\"}\n"
		       : "ok: %s\n"
			 "head            %llu %s\n"
			 "eth_blocks      %llu, receipts of %llu\n"
			 "logs            %llu\n"
			 "child blocks    %llu\n"
			 "proofs          %s\n",
	       digest, (unsigned long long)report->head.number, hash,
	       (unsigned long long)report->eth_blocks,
	       (unsigned long long)report->receipts,
	       (unsigned long long)report->logs,
	       (unsigned long long)report->child_blocks,
	       report->head.proofs ? "full" : "off");
	if (!is_json)
		printf("true, if %s is the hash of eth_block %llu on chain "
		       "%llu, and the exit period there is %llu s\n",
		       hash, (unsigned long long)report->head.number,
		       (unsigned long long)report->identity.chain_id,
		       (unsigned long long)report->state.min_exit_period);
}

static void show_progress(uint64_t at, uint64_t head)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[Kverified eth_block %llu of %llu",
			(unsigned long long)at, (unsigned long long)head);
}

static bool check(struct verify_report *report, const struct command *command,
		  const char *path, const struct network *network,
		  struct error *error)
{
	bool ok =
		verify_store_check(report, path, network, show_progress, error);

	(void)command;
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	return ok;
}

/* The network file, if one is configured. */
static bool read_network(struct network **out, const struct command *command,
			 struct error *error)
{
	const char *path = config_text(command->config, "rootchain", "network");

	*out = NULL;
	return path == NULL || network_read_new(out, path, error);
}

bool cmd_verify(const struct command *command, struct error *error)
{
	struct verify_report report;
	struct network *network;
	struct opened opened;
	char path[CMD_PATH_SIZE];

	if (!find_path(path, command, error) ||
	    !read_network(&network, command, error))
		return false;
	bool ok = open_file(&opened, path, error) &&
		  check(&report, command, opened.path, network, error) &&
		  (!options_has(command->options, "online") ||
		   cmd_confirm(command, network, report.head.number,
			       &report.head.hash, error));
	close_file(&opened);
	network_free(network);
	if (ok)
		print_report(command, &report);
	return ok;
}

static bool import_into(const struct command *command,
			const struct network *network, const char *file,
			struct error *error)
{
	const char *datadir =
		config_text(command->config, "rootchain", "datadir");
	struct snapshot_identity identity = snapshot_identity_of(network);
	struct snapshot_store *store;
	struct process_lock lock;

	if (!process_lock_take(&lock, datadir, error))
		return false;
	bool ok = snapshot_store_open(&store, datadir, &identity, error);
	if (ok) {
		ok = snapshot_store_begin(store, error) &&
		     snapshot_store_import(store, file, error) &&
		     snapshot_store_commit(store, error);
		snapshot_store_close(store);
	}
	process_lock_release(&lock);
	return ok;
}

bool cmd_import(const struct command *command, struct error *error)
{
	struct verify_report report;
	struct network *network;
	struct opened opened;
	const char *path;

	if (!needs_file(command, error) ||
	    !config_needed(&path, command->config, "rootchain", "network",
			   error) ||
	    !network_read_new(&network, path, error))
		return false;
	bool ok = open_file(&opened, command->options->arguments[0], error) &&
		  check(&report, command, opened.path, network, error) &&
		  import_into(command, network, opened.path, error);
	close_file(&opened);
	network_free(network);
	if (ok)
		print_report(command, &report);
	return ok;
}
