/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/service/process.h"
#include "operator/backup_store.h"
#include "operator/cmd.h"

static void print_counts(const struct command *command, const char *verb,
			 const struct backup_counts *counts)
{
	printf(command->is_json
		       ? "{\"schema\":\"plasma.backup/1\",\"done\":\"%s\","
			 "\"files\":%llu,\"bytes\":%llu,"
			 "\"newest_blknum\":%llu}\n"
		       : "%s %llu files, %llu bytes, up to block %llu\n",
	       verb, (unsigned long long)counts->files,
	       (unsigned long long)counts->bytes,
	       (unsigned long long)counts->newest_blknum);
}

static bool find_file(const struct command *command, const char **path,
		      struct error *error)
{
	if (command->options->argument_count != 1)
		return error_set(error, ERROR_USAGE, "a file is needed");
	*path = command->options->arguments[0];
	return true;
}

bool cmd_backup(const struct command *command, struct error *error)
{
	const char *datadir =
		config_text(command->config, "operator", "datadir");
	struct backup_counts counts;
	const char *path;

	if (!find_file(command, &path, error) ||
	    !backup_store_write(&counts, datadir, path, error))
		return false;
	print_counts(command, "saved", &counts);
	return true;
}

bool cmd_restore(const struct command *command, struct error *error)
{
	const char *datadir =
		config_text(command->config, "operator", "datadir");
	struct backup_counts counts;
	struct process_lock lock;
	const char *path;

	if (!find_file(command, &path, error) ||
	    !process_lock_take(&lock, datadir, error))
		return false;
	bool ok = backup_store_restore(&counts, path, datadir, error);
	process_lock_release(&lock);
	if (ok)
		print_counts(command, "restored", &counts);
	return ok;
}
