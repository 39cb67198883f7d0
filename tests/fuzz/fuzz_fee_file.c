/* SPDX-License-Identifier: MIT */

/* Any text as a fee file: its rows are in force as they stand there, and
 * written anew they read the same. */

#include <stdlib.h>

#include "common/base/growing_buffer.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "operator/fee_file_store.h"
#include "tests/fuzz/driver.h"

#define ETH "0x0000000000000000000000000000000000000000"
#define TOKEN "0x1111111111111111111111111111111111111111"

const char *const fuzz_seeds[] = {
	"={\"1\":{\"" ETH "\":{\"amount\":\"1000000000\"}}}",
	"={\"1\":{\"" ETH "\":{\"amount\":\"1\"},\"" TOKEN
	"\":{\"amount\":\"25\"}}}",
	"={\"1\":{}}",
	NULL,
};

static void write_rows(struct growing_buffer *out, const struct fee_row *rows,
		       size_t count)
{
	(void)growing_buffer_format(out, "{\"1\":{");
	for (size_t i = 0; i < count; i++) {
		char token[HEX_SIZE(20)];
		char amount[AMOUNT_DECIMAL_SIZE];

		hex_encode(token, bytes_view(rows[i].token.address.bytes, 20));
		amount_to_decimal(amount, rows[i].amount);
		(void)growing_buffer_format(out, "%s\"%s\":{\"amount\":\"%s\"}",
					    i == 0 ? "" : ",", token, amount);
	}
	(void)growing_buffer_format(out, "}}");
}

static void check_written(const struct fee_row *rows, size_t count)
{
	struct growing_buffer text;
	struct fee_row *again;
	struct error error;
	size_t again_count;

	growing_buffer_init(&text, (size_t)1 << 20);
	write_rows(&text, rows, count);
	if (!fee_file_parse_new(&again, &again_count,
				growing_buffer_view(&text), &error) ||
	    again_count != count)
		abort();
	for (size_t i = 0; i < count; i++) {
		if (!token_equal(&again[i].token, &rows[i].token) ||
		    amount_compare(again[i].amount, rows[i].amount) != 0)
			abort();
	}
	memory_free(again);
	growing_buffer_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fee_schedule *schedule;
	struct fee_row *rows;
	struct error error;
	size_t count;

	if (!fee_file_parse_new(&rows, &count, bytes_view(data, size), &error))
		return 0;
	schedule = fee_schedule_new();
	/* A token may stand there in two spellings: that is refused here. */
	if (fee_schedule_change(schedule, rows, count, 0, 1, &error)) {
		if (fee_schedule_table_borrow(schedule)->count != count)
			abort();
		check_written(rows, count);
	}
	fee_schedule_free(schedule);
	memory_free(rows);
	return 0;
}
