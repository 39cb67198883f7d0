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
		crc->table[i] = value;
	}
	crc32c_reset(crc);
}

void crc32c_reset(struct crc32c *crc)
{
	crc->state = UINT32_MAX;
}

void crc32c_add(struct crc32c *crc, struct bytes view)
{
	uint32_t state = crc->state;

	for (size_t i = 0; i < view.len; i++)
		state = (state >> 8) ^
			crc->table[(state ^ view.data[i]) & 0xff];
	crc->state = state;
}

uint32_t crc32c_value(const struct crc32c *crc)
{
	return ~crc->state;
}
