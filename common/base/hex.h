/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_HEX_H
#define PLASMA_COMMON_BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

/* "0x", two digits a byte and a zero byte. */
#define HEX_SIZE(len) (2 + 2 * (len) + 1)

/* Writes "0x", lower-case digits and a zero byte: HEX_SIZE(view.len) bytes. */
void hex_encode(char *text, struct bytes view);

/* As hex_encode without "0x": 2 * len + 1 bytes. */
void hex_encode_bare(char *text, struct bytes view);

/* Exactly `len` bytes from "0x" and 2 * len digits of either case; the text has
 * `text_len` characters. False, with `out` unspecified, for anything else. */
NODISCARD bool hex_decode(uint8_t *out, size_t len, const char *text,
			  size_t text_len);

/* As hex_decode without "0x". */
NODISCARD bool hex_decode_bare(uint8_t *out, size_t len, const char *text,
			       size_t text_len);

#endif
