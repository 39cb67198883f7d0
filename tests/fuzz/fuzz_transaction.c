/* SPDX-License-Identifier: MIT */

/*
 * Any bytes as a signed transaction, as a raw one and as a body: no crash, and
 * what is taken encodes to the same bytes again.
 */

#include <stdlib.h>

#include "common/chain/block.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "tests/fuzz/driver.h"

/* Payments, a deposit and a fee, in both forms, from tests/vectors. */
const char *const fuzz_seeds[] = {
	"f8f8f843b841bfc56527e1b8e9f7c22805ea3d169a532ef82a43d86d849b6e4786ff"
	"4ab7e4fd0236baa12dba65c84ba2d9d45d195d6477ce74ee1c415f693c5909d8e216"
	"50e41c01e1a000000000000000000000000000000000000000000000000000000000"
	"3b9aca00f86cf501f394276faa1b54c0df1e4615d6b46ca23b1c5ce46bcc94000000"
	"00000000000000000000000000000000008853444835ec580000f501f394a4d6b0be"
	"1520eefaa7d97aa3d54b14253e5dd184940000000000000000000000000000000000"
	"000000883782dace9d8ffffe80a00000000000000000000000000000000000000000"
	"000000000000000000000000",
	"f8b301e1a0000000000000000000000000000000000000000000000000000000003b"
	"9aca00f86cf501f394276faa1b54c0df1e4615d6b46ca23b1c5ce46bcc9400000000"
	"000000000000000000000000000000008853444835ec580000f501f394a4d6b0be15"
	"20eefaa7d97aa3d54b14253e5dd18494000000000000000000000000000000000000"
	"0000883782dace9d8ffffe80a0000000000000000000000000000000000000000000"
	"0000000000000000000000",
	"f90126f886b841b7fbd1d1c5a30262c1e60240e4fb08c8b8bc424bd863e8043142c5"
	"cfed1d479a7cd7dd8093fd7bd0ba14a4178d0a5cb7fa7ed6f5ddae44ce1e3d4d1019"
	"52d7711cb841b7fbd1d1c5a30262c1e60240e4fb08c8b8bc424bd863e8043142c5cf"
	"ed1d479a7cd7dd8093fd7bd0ba14a4178d0a5cb7fa7ed6f5ddae44ce1e3d4d101952"
	"d7711c01f842a0000000000000000000000000000000000000000000000000000000"
	"0077359400a0000000000000000000000000000000000000000000000000000000e8"
	"d4a51000f6f501f394a23049dbfb62c1a37cd34f0febcf66e48eb29cdc9400000000"
	"000000000000000000000000000000008898a7d9b8314bffff80a000000000000000"
	"00000000000000000000000000000000000000000000000000",
	"f85b01c0f6f501f394a4d6b0be1520eefaa7d97aa3d54b14253e5dd1849400000000"
	"00000000000000000000000000000000888ac7230489e8000080a000000000000000"
	"00000000000000000000000000000000000000000000000000",
	"f874c003c0eeed02eb94ec3d95b3eedb78abf5bf6f8b6fea88ca065a411294000000"
	"000000000000000000000000000000000003a03d77ce4419cb1d1793e08820c680b1"
	"4ae3fac2ad92b6fb987bac1a53afc2d5eea000000000000000000000000000000000"
	"00000000000000000000000000000000",
	"f87303c0eeed02eb94ec3d95b3eedb78abf5bf6f8b6fea88ca065a41129400000000"
	"0000000000000000000000000000000003a03d77ce4419cb1d1793e08820c680b14a"
	"e3fac2ad92b6fb987bac1a53afc2d5eea00000000000000000000000000000000000"
	"000000000000000000000000000000",
	"c0",
	NULL,
};

static void must_encode_to(const struct transaction *transaction,
			   struct bytes raw)
{
	uint8_t buffer[PROTOCOL_MAX_RAW_SIZE];
	struct writer writer = writer_of(buffer, sizeof(buffer));
	transaction_encode(&writer, transaction);
	if (!writer_ok(&writer) || !bytes_equal(writer_view(&writer), raw))
		abort();
}

static void take_raw(struct bytes raw)
{
	struct transaction transaction;
	if (transaction_decode(&transaction, raw) == VERDICT_VALID)
		must_encode_to(&transaction, raw);
	if (transaction_decode_deposit(&transaction, raw) == VERDICT_VALID)
		must_encode_to(&transaction, raw);
}

static void take_signed(struct bytes signed_form)
{
	struct transaction_frame frame;
	struct transaction transaction;
	struct signature signatures[PROTOCOL_MAX_INPUTS];
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	if (transaction_frame_read(&frame, signed_form) != VERDICT_VALID ||
	    transaction_frame_raw_len(&frame) > sizeof(raw))
		return;
	struct writer writer = writer_of(raw, sizeof(raw));
	transaction_frame_write_raw(&writer, &frame);
	take_raw(writer_view(&writer));
	if (transaction_decode(&transaction, writer_view(&writer)) !=
		    VERDICT_VALID ||
	    transaction_read_signatures(signatures, &transaction,
					frame.signatures) != VERDICT_VALID)
		return;
	uint8_t again[PROTOCOL_MAX_SIGNED_SIZE];
	struct writer whole = writer_of(again, sizeof(again));
	transaction_encode_signed(&whole, writer_view(&writer), signatures,
				  transaction.input_count);
	if (!writer_ok(&whole) ||
	    !bytes_equal(writer_view(&whole), signed_form))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_view(data, size);
	struct block_body body;
	take_raw(input);
	take_signed(input);
	/* The tree over a body is slow; its cutting is what is hostile. */
	if (size < 64 && block_body_read(&body, input).verdict == VERDICT_VALID)
		block_body_clear(&body);
	return 0;
}
