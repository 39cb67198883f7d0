/* SPDX-License-Identifier: MIT */
#include "operator/crc32c.h"

#include <string.h>

#include "common/base/attributes.h"

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

/* By a table for each of eight bytes. */
static uint32_t add_by_tables(const struct crc32c *crc, struct bytes view)
{
	const uint32_t(*tables)[256] = (const uint32_t(*)[256])crc->tables;
	uint32_t state = crc->state;

	for (size_t i = 0; i < view.len; i += 8) {
		uint32_t low = state ^ word_at(view.data + i);
		uint32_t high = word_at(view.data + i + 4);

		state = tables[7][low & 0xff] ^ tables[6][low >> 8 & 0xff] ^
			tables[5][low >> 16 & 0xff] ^ tables[4][low >> 24] ^
			tables[3][high & 0xff] ^ tables[2][high >> 8 & 0xff] ^
			tables[1][high >> 16 & 0xff] ^ tables[0][high >> 24];
	}
	return state;
}

#if CPU_HAS_FEATURES

/* By the instruction that computes this very sum. */
CPU_FEATURES("sse4.2")
static uint32_t add_by_machine(const struct crc32c *crc, struct bytes view)
{
	uint64_t state = crc->state;

	for (size_t i = 0; i < view.len; i += 8) {
		uint64_t word;

		memcpy(&word, view.data + i, sizeof(word));
		state = __builtin_ia32_crc32di(state, word);
	}
	return (uint32_t)state;
}

static uint32_t add_eights(const struct crc32c *crc, struct bytes view)
{
	return CPU_HAS("sse4.2") ? add_by_machine(crc, view)
				 : add_by_tables(crc, view);
}

#else

static uint32_t add_eights(const struct crc32c *crc, struct bytes view)
{
	return add_by_tables(crc, view);
}

#endif

/* Eight bytes at a time, and the rest one by one. */
void crc32c_add(struct crc32c *crc, struct bytes view)
{
	size_t eights = view.len - view.len % 8;
	uint32_t state = add_eights(crc, bytes_view(view.data, eights));

	for (size_t i = eights; i < view.len; i++)
		state = (state >> 8) ^
			crc->tables[0][(state ^ view.data[i]) & 0xff];
	crc->state = state;
}

uint32_t crc32c_value(const struct crc32c *crc)
{
	return ~crc->state;
}
