/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ETHEREUM_ETH_QUANTITY_H
#define PLASMA_COMMON_ETHEREUM_ETH_QUANTITY_H

/*
 * Values inside the strings of Ethereum's JSON-RPC. A quantity is "0x" and the
 * fewest digits ("0x0" for zero); data is "0x" and two digits a byte. Nothing
 * else is accepted: no leading zero, no missing "0x", no odd digit.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/u256.h"

/* "0x", 64 digits and a zero byte. */
#define ETH_QUANTITY_SIZE 67

/* A quantity of at most 256 bits from `len` characters; false, with `out`
 * untouched, for anything else. */
NODISCARD bool eth_quantity_parse(struct u256 *out, const char *text,
				  size_t len);

/* Writes "0x", the fewest lower-case digits and a zero byte. */
void eth_quantity_format(char text[ETH_QUANTITY_SIZE], struct u256 number);

#endif
