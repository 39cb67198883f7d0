/* SPDX-License-Identifier: MIT */
#include "common/base/hex.h"

void hex_encode_bare(char *text, struct bytes view)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < view.len; i++) {
		*text++ = digits[view.data[i] >> 4];
		*text++ = digits[view.data[i] & 15];
	}
	*text = '\0';
}

void hex_encode(char *text, struct bytes view)
{
	text[0] = '0';
	text[1] = 'x';
	hex_encode_bare(text + 2, view);
}

/* 16 more than the value of a digit; 0 for what is none. */
static const uint8_t digits_of[256] = {
	['0'] = 16, ['1'] = 17, ['2'] = 18, ['3'] = 19, ['4'] = 20, ['5'] = 21,
	['6'] = 22, ['7'] = 23, ['8'] = 24, ['9'] = 25, ['a'] = 26, ['b'] = 27,
	['c'] = 28, ['d'] = 29, ['e'] = 30, ['f'] = 31, ['A'] = 26, ['B'] = 27,
	['C'] = 28, ['D'] = 29, ['E'] = 30, ['F'] = 31,
};

bool hex_decode_bare(uint8_t *out, size_t len, const char *text,
		     size_t text_len)
{
	if (text_len / 2 != len || text_len % 2 != 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned int high = digits_of[(uint8_t)text[2 * i]];
		unsigned int low = digits_of[(uint8_t)text[2 * i + 1]];

		if (high == 0 || low == 0)
			return false;
		out[i] = (uint8_t)((high - 16) << 4 | (low - 16));
	}
	return true;
}

bool hex_decode(uint8_t *out, size_t len, const char *text, size_t text_len)
{
	return text_len >= 2 && text[0] == '0' && text[1] == 'x' &&
	       hex_decode_bare(out, len, text + 2, text_len - 2);
}
