/* SPDX-License-Identifier: MIT */

/* Any bytes as RLP: canonical items are written the same again, at every depth
 * that is walked. */

#include <stdlib.h>

#include "common/codec/rlp_reader.h"
#include "common/codec/rlp_writer.h"
#include "tests/fuzz/driver.h"

const char *const fuzz_seeds[] = {
	"c0",
	"80",
	"c701820203c18080",
	"b838000000000000000000000000000000000000000000000000000000000000000000"
	"00000000000000000000000000000000000000000000",
	"f83ab838000000000000000000000000000000000000000000000000000000000000"
	"0000000000000000000000000000000000000000000000000000",
	"c4c3c2810580",
	NULL,
};

static void must_be_written_again(const struct rlp_item *item)
{
	uint8_t buffer[RLP_HEADER_MAX + 4096];
	struct writer writer = writer_of(buffer, sizeof(buffer));

	if (item->is_list) {
		rlp_put_list_header(&writer, item->payload.len);
		writer_put(&writer, item->payload);
	} else {
		rlp_put_string(&writer, item->payload);
	}
	if (writer_ok(&writer) &&
	    !bytes_equal(writer_view(&writer), item->encoding))
		abort();
}

static void walk(const struct rlp_item *item)
{
	struct rlp_reader reader = rlp_reader_into(item);
	size_t count = rlp_reader_count(reader);
	struct u256 number;
	uint64_t small;

	for (size_t i = 0; i < count; i++) {
		struct rlp_item inner = rlp_reader_next(&reader);

		must_be_written_again(&inner);
		if (rlp_item_to_u64(&small, &inner) &&
		    (!rlp_item_to_u256(&number, &inner) ||
		     !u256_equal(number, u256_of(small))))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rlp_item item;

	if (!rlp_item_read(&item, bytes_view(data, size)))
		return 0;
	must_be_written_again(&item);
	if (rlp_item_is_canonical(&item)) {
		struct rlp_reader reader = rlp_reader_into(&item);

		while (rlp_reader_has_more(&reader)) {
			struct rlp_item inner = rlp_reader_next(&reader);

			if (!rlp_reader_ok(&reader))
				abort();
			walk(&inner);
		}
	}
	walk(&item);
	return 0;
}
