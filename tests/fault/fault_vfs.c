/* SPDX-License-Identifier: MIT */
#include "tests/fault/fault_vfs.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILES 64
#define NAME_SIZE 256
#define SECTOR 512
#define SHARED_PAGES 64

/* A write or a cut that may not be on the plates yet. */
struct change {
	bool is_cut; /* to the length `offset` */
	uint64_t offset;
	uint64_t len;
	uint8_t *data;
};

struct image {
	uint8_t *data;
	uint64_t len;
	uint64_t capacity; /* kept for the next file in the place */
};

struct file {
	char name[NAME_SIZE]; /* empty: no file */
	bool exists;
	bool exists_on_disk;
	struct image now;
	struct image synced;
	struct change *changes; /* since the last sync */
	size_t change_count;
	size_t change_capacity;
	int users;
	int readers;		   /* who have a lock of any kind */
	struct connection *writer; /* who has more than a shared lock */
	void *shared[SHARED_PAGES];
	int shared_locks[SQLITE_SHM_NLOCK]; /* -1: exclusive */
};

struct connection {
	sqlite3_file base;
	struct file *file;
	int lock;
	unsigned int held_shared;
	unsigned int held_exclusive;
	bool is_temporary;
};

static struct file files[MAX_FILES];
static enum fault_kind kind;
static uint64_t strikes_at;
static uint64_t operations;
static bool has_struck;
static uint64_t generator;

/* ---- bytes ---- */

static uint64_t next_random(void)
{
	generator += 0x9e3779b97f4a7c15u;
	uint64_t x = generator;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static void image_resize(struct image *image, uint64_t len)
{
	if (len > image->capacity) {
		image->capacity = 2 * len;
		image->data = realloc(image->data, image->capacity);
		assert(image->data != NULL);
	}
	if (len > image->len)
		memset(image->data + image->len, 0, len - image->len);
	image->len = len;
}

static void image_write(struct image *image, const uint8_t *data,
			uint64_t offset, uint64_t len)
{
	if (image->len < offset + len)
		image_resize(image, offset + len);
	memcpy(image->data + offset, data, len);
}

static void image_copy(struct image *to, const struct image *from)
{
	image_resize(to, from->len);
	if (from->len > 0)
		memcpy(to->data, from->data, from->len);
}

static void forget_changes(struct file *file)
{
	for (size_t i = 0; i < file->change_count; i++)
		free(file->changes[i].data);
	free(file->changes);
	file->changes = NULL;
	file->change_count = 0;
	file->change_capacity = 0;
}

static void note_change(struct file *file, bool is_cut, const void *data,
			uint64_t offset, uint64_t len)
{
	if (file->change_count == file->change_capacity) {
		file->change_capacity = 2 * file->change_capacity + 8;
		file->changes =
			realloc(file->changes,
				file->change_capacity * sizeof(*file->changes));
		assert(file->changes != NULL);
	}
	struct change *change = &file->changes[file->change_count++];
	*change = (struct change){ is_cut, offset, len, NULL };
	if (is_cut)
		return;
	change->data = malloc(len);
	assert(change->data != NULL);
	memcpy(change->data, data, len);
}

static void clear_file(struct file *file)
{
	struct image now = file->now;
	struct image synced = file->synced;

	forget_changes(file);
	for (size_t i = 0; i < SHARED_PAGES; i++)
		free(file->shared[i]);
	memset(file, 0, sizeof(*file));
	now.len = 0;
	synced.len = 0;
	file->now = now;
	file->synced = synced;
}

/* ---- the fault ---- */

/* Counts an operation; SQLITE_OK if it goes well. `otherwise` is its error. */
static int strike(bool is_write, int otherwise)
{
	operations++;
	if (kind == FAULT_NONE || operations < strikes_at)
		return SQLITE_OK;
	bool is_first = !has_struck;
	switch (kind) {
	case FAULT_NONE:
		return SQLITE_OK;
	case FAULT_POWER:
	case FAULT_ERROR_FOREVER:
		has_struck = true;
		return otherwise;
	case FAULT_ERROR_ONCE:
		has_struck = true;
		return is_first ? otherwise : SQLITE_OK;
	case FAULT_FULL_ONCE:
	case FAULT_FULL_FOREVER:
		if (!is_write)
			return SQLITE_OK;
		has_struck = true;
		return is_first || kind == FAULT_FULL_FOREVER ? SQLITE_FULL
							      : SQLITE_OK;
	}
	return otherwise;
}

void fault_vfs_arm(enum fault_kind new_kind, uint64_t at)
{
	kind = new_kind;
	strikes_at = at;
	operations = 0;
	has_struck = false;
}

uint64_t fault_vfs_operations(void)
{
	return operations;
}

bool fault_vfs_has_struck(void)
{
	return has_struck;
}

/* ---- losing power ---- */

static void apply_sectors(struct file *file, const struct change *change)
{
	for (uint64_t at = 0; at < change->len;) {
		uint64_t len = SECTOR - (change->offset + at) % SECTOR;

		if (len > change->len - at)
			len = change->len - at;
		if (next_random() % 2 == 0)
			image_write(&file->synced, change->data + at,
				    change->offset + at, len);
		at += len;
	}
}

static void apply(struct file *file, const struct change *change,
		  enum fault_loss loss)
{
	bool is_there = loss == FAULT_LOSS_NONE ||
			(loss == FAULT_LOSS_SOME && next_random() % 2 == 0);

	if (change->is_cut) {
		if (is_there ||
		    (loss == FAULT_LOSS_SECTORS && next_random() % 2 == 0))
			image_resize(&file->synced, change->offset);
	} else if (loss == FAULT_LOSS_SECTORS) {
		apply_sectors(file, change);
	} else if (is_there) {
		image_write(&file->synced, change->data, change->offset,
			    change->len);
	}
}

/* Whether the folder has the file after all. */
static bool survives(const struct file *file, enum fault_loss loss)
{
	if (file->exists == file->exists_on_disk || loss == FAULT_LOSS_NONE)
		return file->exists;
	if (loss == FAULT_LOSS_ALL)
		return file->exists_on_disk;
	return next_random() % 2 == 0;
}

static void boot_file(struct file *file, enum fault_loss loss)
{
	char name[NAME_SIZE];

	assert(file->users == 0);
	for (size_t i = 0; i < file->change_count; i++)
		apply(file, &file->changes[i], loss);
	bool is_there = survives(file, loss);
	uint64_t len = file->synced.len;
	memcpy(name, file->name, sizeof(name));
	clear_file(file);
	if (!is_there)
		return;
	memcpy(file->name, name, sizeof(name));
	file->exists = true;
	file->exists_on_disk = true;
	file->synced.len = len; /* its bytes are still in their place */
	image_copy(&file->now, &file->synced);
}

void fault_vfs_boot(enum fault_loss loss, uint64_t seed)
{
	bool lost_power = kind == FAULT_POWER && has_struck;

	generator = seed;
	for (size_t i = 0; i < MAX_FILES; i++)
		if (files[i].name[0] != '\0')
			boot_file(&files[i],
				  lost_power ? loss : FAULT_LOSS_NONE);
	fault_vfs_arm(FAULT_NONE, 0);
}

void fault_vfs_format(void)
{
	for (size_t i = 0; i < MAX_FILES; i++) {
		assert(files[i].users == 0);
		clear_file(&files[i]);
	}
	fault_vfs_arm(FAULT_NONE, 0);
}

/* ---- files by name ---- */

static struct file *find(const char *name)
{
	for (size_t i = 0; i < MAX_FILES; i++)
		if (files[i].name[0] != '\0' &&
		    strcmp(files[i].name, name) == 0)
			return &files[i];
	return NULL;
}

static struct file *create(const char *name)
{
	struct file *file = find(name);

	for (size_t i = 0; file == NULL && i < MAX_FILES; i++)
		if (files[i].name[0] == '\0')
			file = &files[i];
	assert(file != NULL && strlen(name) < NAME_SIZE);
	(void)snprintf(file->name, NAME_SIZE, "%s", name); /* fits */
	if (!file->exists) {
		/* What was there before and is gone is overwritten. */
		if (file->now.len > 0)
			note_change(file, true, NULL, 0, 0);
		image_resize(&file->now, 0);
		file->exists = true;
	}
	return file;
}

bool fault_vfs_flip(const char *path, uint64_t bit)
{
	struct file *file = find(path);

	if (file == NULL || !file->exists || bit / 8 >= file->now.len)
		return false;
	file->now.data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	image_copy(&file->synced, &file->now);
	forget_changes(file);
	return true;
}

/* ---- methods of an open file ---- */

static struct connection *connection_of(sqlite3_file *base)
{
	return (struct connection *)base;
}

static int on_read(sqlite3_file *base, void *out, int len, sqlite3_int64 offset)
{
	const struct image *now = &connection_of(base)->file->now;
	uint64_t at = (uint64_t)offset;
	uint64_t want = (uint64_t)len;
	int result = strike(false, SQLITE_IOERR_READ);

	if (result != SQLITE_OK)
		return result;
	uint64_t have = at >= now->len ? 0 : now->len - at;
	if (have >= want) {
		memcpy(out, now->data + at, want);
		return SQLITE_OK;
	}
	if (have > 0)
		memcpy(out, now->data + at, have);
	memset((uint8_t *)out + have, 0, want - have);
	return SQLITE_IOERR_SHORT_READ;
}

static int on_write(sqlite3_file *base, const void *data, int len,
		    sqlite3_int64 offset)
{
	struct file *file = connection_of(base)->file;
	int result = strike(true, SQLITE_IOERR_WRITE);

	/* A write that the power cuts off is as unsure as those before. */
	if (result == SQLITE_OK || kind == FAULT_POWER) {
		if (result != SQLITE_OK && operations != strikes_at)
			return result;
		note_change(file, false, data, (uint64_t)offset, (uint64_t)len);
		image_write(&file->now, data, (uint64_t)offset, (uint64_t)len);
	}
	return result;
}

static int on_truncate(sqlite3_file *base, sqlite3_int64 len)
{
	struct file *file = connection_of(base)->file;
	int result = strike(false, SQLITE_IOERR_TRUNCATE);

	if (result != SQLITE_OK)
		return result;
	note_change(file, true, NULL, (uint64_t)len, 0);
	image_resize(&file->now, (uint64_t)len);
	return SQLITE_OK;
}

static int on_sync(sqlite3_file *base, int flags)
{
	struct file *file = connection_of(base)->file;
	int result = strike(false, SQLITE_IOERR_FSYNC);

	(void)flags; /* every sync is a full one */
	if (result != SQLITE_OK)
		return result;
	for (size_t i = 0; i < file->change_count; i++)
		apply(file, &file->changes[i], FAULT_LOSS_NONE);
	forget_changes(file);
	file->exists_on_disk = true;
	return SQLITE_OK;
}

static int on_size(sqlite3_file *base, sqlite3_int64 *size)
{
	int result = strike(false, SQLITE_IOERR_FSTAT);

	if (result == SQLITE_OK)
		*size = (sqlite3_int64)connection_of(base)->file->now.len;
	return result;
}

static int on_lock(sqlite3_file *base, int level)
{
	struct connection *connection = connection_of(base);
	struct file *file = connection->file;

	if (level <= connection->lock)
		return SQLITE_OK;
	if (file->writer != NULL && file->writer != connection &&
	    (level > SQLITE_LOCK_SHARED ||
	     file->writer->lock >= SQLITE_LOCK_PENDING))
		return SQLITE_BUSY;
	if (level == SQLITE_LOCK_EXCLUSIVE && file->readers > 1)
		return SQLITE_BUSY;
	if (connection->lock == SQLITE_LOCK_NONE)
		file->readers++;
	if (level > SQLITE_LOCK_SHARED)
		file->writer = connection;
	connection->lock = level;
	return SQLITE_OK;
}

static int on_unlock(sqlite3_file *base, int level)
{
	struct connection *connection = connection_of(base);
	struct file *file = connection->file;

	if (level >= connection->lock)
		return SQLITE_OK;
	if (level == SQLITE_LOCK_NONE)
		file->readers--;
	if (file->writer == connection)
		file->writer = NULL;
	connection->lock = level;
	return SQLITE_OK;
}

static int on_close(sqlite3_file *base)
{
	struct connection *connection = connection_of(base);

	(void)on_unlock(base, SQLITE_LOCK_NONE); /* never fails */
	connection->file->users--;
	if (connection->is_temporary)
		clear_file(connection->file);
	return SQLITE_OK;
}

static int on_check_lock(sqlite3_file *base, int *is_reserved)
{
	*is_reserved = connection_of(base)->file->writer != NULL;
	return SQLITE_OK;
}

static int on_control(sqlite3_file *base, int what, void *argument)
{
	(void)base;
	(void)what;
	(void)argument;
	return SQLITE_NOTFOUND;
}

static int on_sector_size(sqlite3_file *base)
{
	(void)base;
	return 4096;
}

static int on_characteristics(sqlite3_file *base)
{
	(void)base;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE; /* as on Unix */
}

static int on_shared_map(sqlite3_file *base, int page, int size, int extend,
			 void volatile **out)
{
	struct file *file = connection_of(base)->file;

	assert(page < SHARED_PAGES);
	if (file->shared[page] == NULL && extend) {
		file->shared[page] = calloc(1, (size_t)size);
		assert(file->shared[page] != NULL);
	}
	*out = file->shared[page];
	return SQLITE_OK;
}

static int take_shared(struct connection *connection, int at, bool exclusive)
{
	int *lock = &connection->file->shared_locks[at];
	unsigned int bit = 1u << at;

	if (exclusive) {
		if (*lock != 0)
			return SQLITE_BUSY;
		*lock = -1;
		connection->held_exclusive |= bit;
		return SQLITE_OK;
	}
	if (*lock < 0)
		return SQLITE_BUSY;
	if ((connection->held_shared & bit) == 0)
		*lock += 1;
	connection->held_shared |= bit;
	return SQLITE_OK;
}

static void leave_shared(struct connection *connection, int at)
{
	int *lock = &connection->file->shared_locks[at];
	unsigned int bit = 1u << at;

	if ((connection->held_exclusive & bit) != 0)
		*lock = 0;
	if ((connection->held_shared & bit) != 0)
		*lock -= 1;
	connection->held_exclusive &= ~bit;
	connection->held_shared &= ~bit;
}

static int on_shared_lock(sqlite3_file *base, int first, int count, int flags)
{
	struct connection *connection = connection_of(base);

	for (int i = first; i < first + count; i++) {
		if ((flags & SQLITE_SHM_UNLOCK) != 0) {
			leave_shared(connection, i);
			continue;
		}
		int result = take_shared(connection, i,
					 (flags & SQLITE_SHM_EXCLUSIVE) != 0);
		if (result == SQLITE_OK)
			continue;
		while (--i >= first)
			leave_shared(connection, i);
		return result;
	}
	return SQLITE_OK;
}

static void on_shared_barrier(sqlite3_file *base)
{
	(void)base;
}

static int on_shared_unmap(sqlite3_file *base, int remove)
{
	struct connection *connection = connection_of(base);

	for (int i = 0; i < SQLITE_SHM_NLOCK; i++)
		leave_shared(connection, i);
	for (size_t i = 0; remove && i < SHARED_PAGES; i++) {
		free(connection->file->shared[i]);
		connection->file->shared[i] = NULL;
	}
	return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = on_close,
	.xRead = on_read,
	.xWrite = on_write,
	.xTruncate = on_truncate,
	.xSync = on_sync,
	.xFileSize = on_size,
	.xLock = on_lock,
	.xUnlock = on_unlock,
	.xCheckReservedLock = on_check_lock,
	.xFileControl = on_control,
	.xSectorSize = on_sector_size,
	.xDeviceCharacteristics = on_characteristics,
	.xShmMap = on_shared_map,
	.xShmLock = on_shared_lock,
	.xShmBarrier = on_shared_barrier,
	.xShmUnmap = on_shared_unmap,
};

/* ---- methods of the disk ---- */

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base,
		   int flags, int *out_flags)
{
	static unsigned int temporaries;
	struct connection *connection = connection_of(base);
	char temporary[32];

	(void)vfs;
	memset(connection, 0, sizeof(*connection));
	int result = strike(false, SQLITE_CANTOPEN);
	if (result != SQLITE_OK)
		return result;
	connection->is_temporary = name == NULL;
	if (name == NULL) {
		(void)snprintf(temporary, sizeof(temporary), "temporary-%u",
			       temporaries++); /* fits */
		name = temporary;
		flags |= SQLITE_OPEN_CREATE;
	}
	struct file *file = find(name);
	if (file == NULL || !file->exists) {
		if ((flags & SQLITE_OPEN_CREATE) == 0)
			return SQLITE_CANTOPEN;
		file = create(name);
	}
	file->users++;
	connection->file = file;
	connection->base.pMethods = &methods;
	if (out_flags != NULL)
		*out_flags = flags;
	return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
	struct file *file = find(name);

	(void)vfs;
	int result = strike(false, SQLITE_IOERR_DELETE);
	if (result != SQLITE_OK)
		return result;
	if (file == NULL || !file->exists)
		return SQLITE_IOERR_DELETE_NOENT;
	file->exists = false;
	if (sync_folder)
		file->exists_on_disk = false;
	return SQLITE_OK;
}

static int on_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	const struct file *file = find(name);

	(void)vfs;
	(void)flags;
	int result = strike(false, SQLITE_IOERR_ACCESS);
	if (result == SQLITE_OK)
		*out = file != NULL && file->exists;
	return result;
}

static int on_full_name(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
	(void)vfs;
	(void)snprintf(out, (size_t)size, "%s", name); /* as it is */
	return SQLITE_OK;
}

static int on_randomness(sqlite3_vfs *vfs, int len, char *out)
{
	(void)vfs;
	for (int i = 0; i < len; i++)
		out[i] = (char)next_random();
	return len;
}

static int on_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	return microseconds; /* nobody else is there to wait for */
}

static int on_time(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
	(void)vfs;
	*out = 210866760000000; /* 1970, in milliseconds of julian days */
	return SQLITE_OK;
}

static int on_last_error(sqlite3_vfs *vfs, int len, char *out)
{
	(void)vfs;
	(void)len;
	(void)out;
	return 0;
}

void fault_vfs_install(void)
{
	static sqlite3_vfs vfs = {
		.iVersion = 2,
		.szOsFile = sizeof(struct connection),
		.mxPathname = NAME_SIZE - 1,
		.zName = "fault",
		.xOpen = on_open,
		.xDelete = on_delete,
		.xAccess = on_access,
		.xFullPathname = on_full_name,
		.xRandomness = on_randomness,
		.xSleep = on_sleep,
		.xGetLastError = on_last_error,
		.xCurrentTimeInt64 = on_time,
	};

	int result = sqlite3_vfs_register(&vfs, 1);
	assert(result == SQLITE_OK);
}
