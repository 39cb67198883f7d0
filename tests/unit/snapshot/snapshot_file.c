/* SPDX-License-Identifier: MIT */
#include "tests/unit/snapshot/snapshot_file.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/growing_buffer.h"
#include "common/base/hex.h"
#include "common/store/database.h"
#include "sql/snapshot_sql.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

static char path[64];

const char *snapshot_file_path(void)
{
	return path;
}

void snapshot_file_change(const char *sql)
{
	sqlite3 *connection;
	char *message = NULL;

	ck_assert_int_eq(sqlite3_open(path, &connection), SQLITE_OK);
	int result = sqlite3_exec(connection, sql, NULL, NULL, &message);
	ck_assert_msg(result == SQLITE_OK, "%s: %s", sql, message);
	ck_assert_int_eq(sqlite3_close(connection), SQLITE_OK);
}

static struct address address_of(uint8_t byte)
{
	struct address address;

	memset(address.bytes, byte, sizeof(address.bytes));
	return address;
}

static struct hash hash_of(uint8_t byte)
{
	struct hash hash;

	memset(hash.bytes, byte, sizeof(hash.bytes));
	return hash;
}

struct snapshot_identity snapshot_file_identity(void)
{
	return (struct snapshot_identity){
		.chain_id = 31337,
		.plasma_framework = address_of(0xf0),
		.eth_vault = address_of(0xe0),
		.erc20_vault = address_of(0xe2),
		.payment_exit_game = address_of(0x90),
		.deployment_block = 100,
		.deployment_block_hash = hash_of(100),
	};
}

/* Columns that the table wants and this file knows nothing about. */
static void fill_others(struct growing_buffer *names,
			struct growing_buffer *values, sqlite3 *connection,
			const char *table, const char *known)
{
	sqlite3_stmt *row;

	ck_assert_int_eq(
		sqlite3_prepare_v2(connection,
				   "SELECT name FROM pragma_table_info(?1) "
				   "WHERE \"notnull\" AND dflt_value IS NULL "
				   "AND NOT pk",
				   -1, &row, NULL),
		SQLITE_OK);
	sqlite3_bind_text(row, 1, table, -1, SQLITE_STATIC);
	while (sqlite3_step(row) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(row, 0);
		char whole[64];

		snprintf(whole, sizeof(whole), ",%s,", name);
		if (strstr(known, whole) != NULL)
			continue;
		growing_buffer_format(names, ", %s", name);
		growing_buffer_format(values, ", 0");
	}
	sqlite3_finalize(row);
}

/* INSERT of the values, and of zeros where the table wants more. `known` has
 * the names with a comma on each side of each. */
static void insert(const char *table, const char *known, const char *values)
{
	struct growing_buffer names;
	struct growing_buffer more;
	sqlite3 *connection;

	growing_buffer_init(&names, 4096);
	growing_buffer_init(&more, 4096);
	ck_assert_int_eq(sqlite3_open(path, &connection), SQLITE_OK);
	growing_buffer_format(&names, "INSERT INTO %s (%.*s", table,
			      (int)strlen(known) - 2, known + 1);
	fill_others(&names, &more, connection, table, known);
	ck_assert_int_eq(sqlite3_close(connection), SQLITE_OK);
	growing_buffer_format(&names, ") VALUES (%s", values);
	growing_buffer_put(&names, growing_buffer_view(&more));
	growing_buffer_format(&names, ")");
	snapshot_file_change(growing_buffer_string(&names));
	growing_buffer_clear(&names);
	growing_buffer_clear(&more);
}

/* X'…' of `len` equal bytes. */
static const char *same(char *out, unsigned int byte, size_t len)
{
	char *at = out;

	*at++ = 'X';
	*at++ = '\'';
	for (size_t i = 0; i < len; i++, at += 2)
		snprintf(at, 3, "%02x", byte);
	*at++ = '\'';
	*at = '\0';
	return out;
}

static void insert_network(void)
{
	char values[1024];
	char a[4][48];
	char h[80];

	snprintf(values, sizeof(values), "1, 31337, %s, %s, %s, %s, 100, %s",
		 same(a[0], 0xf0, 20), same(a[1], 0xe0, 20),
		 same(a[2], 0xe2, 20), same(a[3], 0x90, 20), same(h, 100, 32));
	insert("network",
	       ",id,chain_id,plasma_framework,eth_vault,erc20_vault,payment_"
	       "exit_game,deployment_block,deployment_block_hash,",
	       values);
}

static void insert_head(void)
{
	char values[1024];
	char h[80];

	snprintf(values, sizeof(values),
		 "1, 104, %s, 1048, 103, 102, 2000, 3, 0", same(h, 104, 32));
	insert("head",
	       ",id,number,hash,time,safe_number,finalized_number,last_good_"
	       "poll,generation,finality_broken,",
	       values);
}

/* The header has as many bytes as the number of its eth_block. */
static void insert_eth_block(unsigned int number)
{
	char values[1024];
	char h[80];
	char header[320];

	snprintf(values, sizeof(values), "%u, %s, %u, %s", number,
		 same(h, number, 32), 1000 + 12 * (number - 100),
		 same(header, 0xc0, number));
	insert("eth_blocks", ",number,hash,time,header,", values);
}

/* BlockSubmitted(blknum) of the framework. */
static void insert_submission(unsigned int number, unsigned int log_index,
			      unsigned int blknum)
{
	char values[2048];
	char hash[80];
	char contract[48];
	char root[80];
	char topic[80];
	struct hash name = contract_event_topic(CONTRACT_EVENT_BLOCK_SUBMITTED);

	hex_encode_bare(topic, bytes_view(name.bytes, 32));
	snprintf(values, sizeof(values),
		 "%u, %u, 7, %s, %s, 1, X'%s', X'%064x'", number, log_index,
		 same(hash, 0x77, 32), same(contract, 0xf0, 20), topic, blknum);
	insert("logs",
	       ",eth_block_number,log_index,eth_transaction_index,eth_"
	       "transaction_hash,address,kind,topics,data,",
	       values);
	snprintf(values, sizeof(values), "%u, %s, %u, %u", blknum,
		 same(root, blknum / 1000, 32), number, log_index);
	insert("child_blocks", ",blknum,root,eth_block_number,log_index,",
	       values);
}

void snapshot_file_make(void)
{
	struct database *database;
	struct error error;

	scratch_make();
	snprintf(path, sizeof(path), "%s", scratch_path("rootchain.db"));
	ck_assert(database_open(&database, path, DATABASE_WRITER,
				snapshot_schema, &error));
	database_close(database);
	insert_network();
	insert_head();
	for (unsigned int number = 100; number <= 104; number++)
		insert_eth_block(number);
	insert_submission(101, 4, 1000);
	insert_submission(103, 0, 2000);
	insert_submission(103, 2, 3000);
	snapshot_file_change(
		"INSERT INTO child_blocks (blknum, root, eth_block_number, "
		"log_index, deposit_tx) SELECT 1, root, 101, 4, X'c0ffee' "
		"FROM child_blocks WHERE blknum = 1000;"
		"INSERT INTO child_blocks (blknum, root, eth_block_number, "
		"log_index) SELECT 2, root, 101, 4 "
		"FROM child_blocks WHERE blknum = 1000;"
		"INSERT INTO reorganisations SELECT 3, 102, hash, 103, hash, "
		"101, 1999 FROM eth_blocks WHERE number = 102");
}

void snapshot_file_remove(void)
{
	scratch_remove();
}

struct snapshot_reader *snapshot_file_begin(struct snapshot_head *head)
{
	struct snapshot_reader *reader;
	struct error error;

	ck_assert_msg(snapshot_reader_open(&reader, path, NULL, &error), "%s",
		      error.message);
	ck_assert_msg(snapshot_reader_begin(reader, head, &error), "%s",
		      error.message);
	return reader;
}
