/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_KEYS_PUBLISHED_KEY_H
#define PLASMA_COMMON_KEYS_PUBLISHED_KEY_H

/*
 * The accounts of the mnemonic "test test test test test test test test test
 * test test junk", with which development chains begin. Everybody has their
 * keys, so on any other chain what they own is lost at once.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/bytes.h"

/* True for one of the first twenty accounts. */
bool published_key_is(const struct address *account);

/* The chains on which these keys may be used: 1337 and 31337. */
bool published_key_is_allowed(uint64_t chain_id);

#endif
