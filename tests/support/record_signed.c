/* SPDX-License-Identifier: MIT */
/*
 * Writes what a wallet would have signed into its table, for tests that play a
 * wallet:
 *
 *	record-signed DATABASE CHAIN_ID FRAMEWORK
 *
 * Signed payments in hexadecimal are read from standard input, one a line; all
 * inputs of each are taken to be the wallet's.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/decimal.h"
#include "common/base/hex.h"
#include "common/base/writer.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/keys/address.h"
#include "common/store/signed_spend_table.h"

#define LINE_MAX_SIZE 4096

_Noreturn static void give_up(const char *what)
{
	fprintf(stderr, "record-signed: %s\n", what);
	exit(65);
}

static void require(bool ok, const struct error *error)
{
	if (!ok)
		give_up(error->message);
}

static void record(struct signed_spend_table *table, struct bytes form)
{
	uint8_t raw_bytes[PROTOCOL_MAX_RAW_SIZE];
	struct writer raw = writer_of(raw_bytes, sizeof(raw_bytes));
	struct signature signatures[PROTOCOL_MAX_INPUTS];
	struct transaction_frame frame;
	struct transaction transaction;
	struct signed_spend conflict;
	enum signed_spend_answer answer;
	struct error error;

	if (transaction_frame_read(&frame, form) != VERDICT_VALID ||
	    transaction_frame_raw_len(&frame) > sizeof(raw_bytes))
		give_up("a line is no signed transaction");
	transaction_frame_write_raw(&raw, &frame);
	if (transaction_decode(&transaction, writer_view(&raw)) !=
		    VERDICT_VALID ||
	    transaction_read_signatures(signatures, &transaction,
					frame.signatures) != VERDICT_VALID)
		give_up("a line is no payment with its signatures");

	struct hash hash = transaction_hash(writer_view(&raw));
	struct wall_time now = { 1 };

	require(signed_spend_table_claim(
			table, &answer, &conflict, writer_view(&raw),
			(1U << transaction.input_count) - 1, now, &error),
		&error);
	if (answer != SIGNED_SPEND_CLAIMED)
		give_up("a coin is signed away already");
	for (size_t i = 0; i < transaction.input_count; i++)
		require(signed_spend_table_put_signature(
				table, &hash, i, &signatures[i], &error),
			&error);
}

int main(int argc, char **argv)
{
	static char line[LINE_MAX_SIZE];
	static uint8_t bytes[LINE_MAX_SIZE / 2];
	struct signed_spend_table *table;
	struct address framework;
	uint64_t chain_id;
	struct error error;

	if (argc != 4 || !decimal_parse_u64(&chain_id, argv[2], UINT64_MAX) ||
	    !address_parse(&framework, argv[3], strlen(argv[3])))
		give_up("usage: record-signed DATABASE CHAIN_ID FRAMEWORK");
	require(signed_spend_table_open(&table, argv[1], chain_id, &framework,
					&error),
		&error);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		size_t len = strcspn(line, "\n");
		size_t size = len < 2 ? 0 : (len - 2) / 2;

		if (!hex_decode(bytes, size, line, len))
			give_up("a line is not hexadecimal");
		record(table, bytes_view(bytes, size));
	}
	signed_spend_table_close(table);
	return 0;
}
