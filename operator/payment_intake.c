/* SPDX-License-Identifier: MIT */
#include "operator/payment_intake.h"

#include "common/base/hex.h"

bool payment_intake_hex(uint8_t *out, size_t *len, size_t capacity,
			const struct json_value *value)
{
	if (value->kind != JSON_KIND_STRING || value->has_escape ||
	    value->text.len < 2 || value->text.len % 2 != 0 ||
	    value->text.len / 2 - 1 > capacity)
		return false;
	*len = value->text.len / 2 - 1;
	return hex_decode(out, *len, (const char *)value->text.data,
			  value->text.len);
}

size_t payment_intake_len(struct bytes bytes)
{
	if (bytes.len == 0 || bytes.data[0] < 0xc0)
		return 0;
	size_t len = (size_t)bytes.data[0] - 0xc0;
	size_t head = 1;
	if (len > 55) {
		size_t len_len = len - 55;

		if (len_len > 3 || bytes.len < 1 + len_len)
			return 0;
		len = 0;
		for (size_t i = 1; i <= len_len; i++)
			len = len << 8 | bytes.data[i];
		head += len_len;
	}
	return len <= bytes.len - head ? head + len : 0;
}
