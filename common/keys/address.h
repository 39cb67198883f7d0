/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_KEYS_ADDRESS_H
#define PLASMA_COMMON_KEYS_ADDRESS_H

/* Addresses as people read and write them. */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

/* "0x", 40 digits and a zero byte. */
#define ADDRESS_TEXT_SIZE 43

/* Writes the mixed-case form of EIP-55, whose case is a checksum. */
void address_format(char text[ADDRESS_TEXT_SIZE],
		    const struct address *address);

/* "0x" and 40 digits: all lower or all upper case, or mixed with the right
 * checksum of EIP-55; anything else is refused. */
NODISCARD bool address_parse(struct address *out, const char *text, size_t len);

#endif
