/* SPDX-License-Identifier: MIT */
#include "operator/crc32c.h"

#define POLYNOMIAL 0x82f63b78u /* reflected */

void crc32c_init(struct crc32c *crc)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t value = i;

		for (int bit = 0; bit < 8; bit++)
			value = (value >> 1) ^
				((value & 1) != 0 ? POLYNOMIAL : 0);
		crc->tables[0][i] = value;
	}
	for (size_t k = 1; k < 8; k++) {
		for (size_t i = 0; i < 256; i++) {
			uint32_t before = crc->tables[k - 1][i];

			crc->tables[k][i] =
				(before >> 8) ^ crc->tables[0][before & 0xff];
		}
	}
	crc32c_reset(crc);
}

void crc32c_reset(struct crc32c *crc)
{
	crc->state = UINT32_MAX;
}

/* Four bytes, the first one lowest. */
static uint32_t word_at(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
	       (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Eight bytes at a time, by a table for each of them. */
void crc32c_add(struct crc32c *crc, struct bytes view)
{
	const uint32_t(*tables)[256] = (const uint32_t(*)[256])crc->tables;
	uint32_t state = crc->state;
	size_t i = 0;

	for (; view.len - i >= 8; i += 8) {
		uint32_t low = state ^ word_at(view.data + i);
		uint32_t high = word_at(view.data + i + 4);

		state = tables[7][low & 0xff] ^ tables[6][low >> 8 & 0xff] ^
			tables[5][low >> 16 & 0xff] ^ tables[4][low >> 24] ^
			tables[3][high & 0xff] ^ tables[2][high >> 8 & 0xff] ^
			tables[1][high >> 16 & 0xff] ^ tables[0][high >> 24];
	}
	for (; i < view.len; i++)
		state = (state >> 8) ^ tables[0][(state ^ view.data[i]) & 0xff];
	crc->state = state;
}

uint32_t crc32c_value(const struct crc32c *crc)
{
	return ~crc->state;
}
