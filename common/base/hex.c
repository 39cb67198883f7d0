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

static int digit_of(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	if (character >= 'A' && character <= 'F')
		return character - 'A' + 10;
	return -1;
}

bool hex_decode_bare(uint8_t *out, size_t len, const char *text,
		     size_t text_len)
{
	if (text_len / 2 != len || text_len % 2 != 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = digit_of(text[2 * i]);
		int low = digit_of(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

bool hex_decode(uint8_t *out, size_t len, const char *text, size_t text_len)
{
	return text_len >= 2 && text[0] == '0' && text[1] == 'x' &&
	       hex_decode_bare(out, len, text + 2, text_len - 2);
}
