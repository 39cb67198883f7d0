/* SPDX-License-Identifier: MIT */
#include "common/service/keystore_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/base/growing_buffer.h"
#include "common/base/hex.h"
#include "common/service/atomic_file.h"
#include "common/service/strict_json.h"

/* What statfs(2) says of file systems whose owners and modes are somebody
 * else's business: NFS, SMB, CIFS. */
#define NFS_MAGIC 0x6969
#define SMB_MAGIC 0x517b
#define CIFS_MAGIC 0xff534d42

#define MAX_FILE_LEN 65536

static bool refuse(struct error *error, const char *path, const char *what)
{
	return error_set(error, ERROR_PERMISSION, "%s: %s", path, what);
}

static bool check_folder(const char *path, struct error *error)
{
	char folder[KEYSTORE_PATH_SIZE];
	struct stat state;
	char *slash;

	(void)snprintf(folder, sizeof(folder), "%s", path); /* was opened */
	slash = strrchr(folder, '/');
	if (slash == NULL)
		(void)snprintf(folder, sizeof(folder), "."); /* it fits */
	else
		slash[slash == folder ? 1 : 0] = '\0';
	if (stat(folder, &state) != 0)
		return error_set(error, ERROR_IO, "%s: %s", folder,
				 strerror(errno));
	if (state.st_uid != geteuid() && state.st_uid != 0)
		return refuse(error, folder, "the folder is another user's");
	if ((state.st_mode & 022) != 0 && (state.st_mode & S_ISVTX) == 0)
		return refuse(error, folder,
			      "others can write the folder; chmod 700 it");
	return true;
}

static bool is_remote(long type)
{
	return type == NFS_MAGIC || type == SMB_MAGIC ||
	       (unsigned long)type == CIFS_MAGIC;
}

bool keystore_folder_check_private(const char *path, struct error *error)
{
	struct statfs file_system;
	struct stat state;

	if (lstat(path, &state) != 0 || statfs(path, &file_system) != 0)
		return error_set(error,
				 errno == ENOENT ? ERROR_NO_INPUT : ERROR_IO,
				 "%s: %s", path, strerror(errno));
	if (!S_ISREG(state.st_mode))
		return refuse(error, path, "not an ordinary file");
	if (state.st_uid != geteuid())
		return refuse(error, path, "the file is another user's");
	if ((state.st_mode & 077) != 0)
		return refuse(error, path,
			      "others can read or write it; chmod 600 it");
	if (state.st_nlink != 1)
		return refuse(error, path, "it has a second name elsewhere");
	if (is_remote((long)file_system.f_type))
		return refuse(error, path,
			      "it lies on a network file system; keys belong "
			      "on a disk of this machine");
	return check_folder(path, error);
}

void keystore_folder_name(char name[KEYSTORE_NAME_SIZE],
			  const struct address *account, struct wall_time now)
{
	char instant[INSTANT_TEXT_SIZE];
	char digits[41];

	instant_format(instant, now.seconds);
	hex_encode_bare(digits, bytes_view(account->bytes, 20));
	/* 2026-01-31T23:59:59Z */
	instant[13] = '-';
	instant[16] = '-';
	(void)snprintf(name, KEYSTORE_NAME_SIZE, "UTC--%.19s.000000000Z--%s",
		       instant, digits); /* it fits */
}

/* The account that a keystore names. False if the file is no keystore. */
static bool read_entry(struct keystore_entry *entry)
{
	struct growing_buffer text;
	struct error ignored; /* then it is none */
	const char *account;

	growing_buffer_init(&text, MAX_FILE_LEN);
	json_t *root = NULL;
	if (atomic_file_read(&text, entry->path, &ignored))
		root = strict_json_parse_new(growing_buffer_view(&text),
					     &ignored);
	growing_buffer_clear(&text);
	bool ok = json_object_get(root, "crypto") != NULL ||
		  json_object_get(root, "Crypto") != NULL;
	if (ok && strict_json_string(&account, root, "address", &ignored)) {
		if (strncmp(account, "0x", 2) == 0)
			account += 2;
		entry->has_account = hex_decode_bare(entry->account.bytes, 20,
						     account, strlen(account));
	}
	json_decref(root);
	return ok;
}

/* geth and cast put it at the end of the name. */
static void account_from_name(struct keystore_entry *entry)
{
	const char *dashes = strrchr(entry->path, '-');

	if (!entry->has_account && dashes != NULL)
		entry->has_account =
			hex_decode_bare(entry->account.bytes, 20, dashes + 1,
					strlen(dashes + 1));
}

static bool take_file(struct keystore_entry *out, size_t *count,
		      size_t capacity, const char *path, struct error *error)
{
	struct keystore_entry entry = { "", false, { { 0 } } };

	if (snprintf(entry.path, sizeof(entry.path), "%s", path) >=
	    (int)sizeof(entry.path))
		return error_set(error, ERROR_BAD_INPUT,
				 "the name of a keystore is too long");
	if (!read_entry(&entry))
		return true;
	account_from_name(&entry);
	if (*count == capacity)
		return error_set(error, ERROR_BAD_INPUT,
				 "more than %zu keystores", capacity);
	out[(*count)++] = entry;
	return true;
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp(((const struct keystore_entry *)a)->path,
		      ((const struct keystore_entry *)b)->path);
}

static bool list_folder(struct keystore_entry *out, size_t *count,
			size_t capacity, DIR *folder, const char *path,
			struct error *error)
{
	char file[KEYSTORE_PATH_SIZE];
	const struct dirent *found;

	while ((found = readdir(folder)) != NULL) {
		if (found->d_name[0] == '.')
			continue;
		if (snprintf(file, sizeof(file), "%s/%s", path,
			     found->d_name) >= (int)sizeof(file))
			return error_set(error, ERROR_BAD_INPUT,
					 "%s: a name is too long", path);
		if (!take_file(out, count, capacity, file, error))
			return false;
	}
	qsort(out, *count, sizeof(*out), compare_entries);
	return true;
}

bool keystore_folder_list(struct keystore_entry *out, size_t *count,
			  size_t capacity, const char *path,
			  struct error *error)
{
	DIR *folder = opendir(path);

	*count = 0;
	if (folder == NULL && errno == ENOENT)
		return true;
	if (folder == NULL && errno == ENOTDIR)
		return take_file(out, count, capacity, path, error);
	if (folder == NULL)
		return error_set(error, ERROR_IO, "%s: %s", path,
				 strerror(errno));
	bool ok = list_folder(out, count, capacity, folder, path, error);
	(void)closedir(folder); /* only read */
	return ok;
}
