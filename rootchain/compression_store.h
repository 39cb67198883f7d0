/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_COMPRESSION_STORE_H
#define PLASMA_ROOTCHAIN_COMPRESSION_STORE_H

/*
 * Snapshots on their way, compressed by zstd. What is unpacked comes from
 * strangers: it needs no more than 8 MiB of memory, and becomes no file that is
 * more than 200 times as large. A build without libzstd refuses both ways with
 * ERROR_CONFIG.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"

/* True for names that ask for compression, those that end with ".zst". */
bool compression_store_is_asked_for(const char *name);

/* Writes `from` compressed as the new file `to`, durably. ERROR_CANNOT_CREATE,
 * ERROR_IO. */
NODISCARD bool compression_store_pack(const char *from, const char *to,
				      struct error *error);

/* True in `is_packed` if the file begins like a compressed one. ERROR_NO_INPUT,
 * ERROR_IO. */
NODISCARD bool compression_store_is_packed(bool *is_packed, const char *path,
					   struct error *error);

/* The reverse of compression_store_pack(); `to` is not synced. ERROR_BAD_INPUT:
 * damaged, cut off, or out of bounds. */
NODISCARD bool compression_store_unpack(const char *from, const char *to,
					struct error *error);

#endif
