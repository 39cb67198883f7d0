/* SPDX-License-Identifier: MIT */

/* Any bytes as the body of POST /transactions: they are cut into lists that lie
 * one behind the other, and what is then read as a payment is the whole list.
 */

#include <stdlib.h>

#include "operator/admission.h"
#include "operator/payment_intake.h"
#include "tests/fuzz/driver.h"

/* A payment of one input and one output with one signature. */
#define SIGNATURE                                                              \
	"b841"                                                                 \
	"0101010101010101010101010101010101010101010101010101010101010101"     \
	"0101010101010101010101010101010101010101010101010101010101010101"     \
	"1b"
#define INPUT                                                                  \
	"a0000000000000000000000000000000000000000000000000000000003b9aca00"
#define OUTPUT                                                                 \
	"eeed01eb94aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"                   \
	"94000000000000000000000000000000000000000064"
#define METADATA                                                               \
	"a00000000000000000000000000000000000000000000000000000000000000000"
#define PAYMENT "f8b9f843" SIGNATURE "01e1" INPUT OUTPUT "80" METADATA

const char *const fuzz_seeds[] = {
	PAYMENT, PAYMENT PAYMENT, "c0", "f803", "c0c1c0f80180", NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_view(data, size);

	while (rest.len > 0) {
		struct candidate candidate;
		size_t len = payment_intake_len(rest);

		if (len > rest.len)
			abort();
		if (len == 0)
			break;
		struct bytes list = bytes_view(rest.data, len);
		if (refusal_is_none(candidate_read(&candidate, list)) &&
		    (candidate.transaction.input_count == 0 ||
		     candidate.signed_form.len != len ||
		     payment_intake_len(list) != len))
			abort();
		rest = bytes_view(rest.data + len, rest.len - len);
	}
	return 0;
}
