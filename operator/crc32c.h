/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_CRC32C_H
#define PLASMA_OPERATOR_CRC32C_H

/* CRC-32C (Castagnoli), which finds torn and damaged writes. It is no defence
 * against anybody. */

#include <stdint.h>

#include "common/base/bytes.h"

struct crc32c {
	uint32_t state;
	uint32_t tables[8][256]; /* of bytes that 0 to 7 others follow */
};

/* Ready for the first byte. */
void crc32c_init(struct crc32c *crc);

/* Ready for the first byte again. */
void crc32c_reset(struct crc32c *crc);

void crc32c_add(struct crc32c *crc, struct bytes view);
uint32_t crc32c_value(const struct crc32c *crc);

#endif
