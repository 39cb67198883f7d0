/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_PORTABLE_STORE_H
#define PLASMA_ROOTCHAIN_PORTABLE_STORE_H

/* Portable copies of a snapshot, which may be written to meanwhile. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/snapshot/snapshot_file.h"
#include "common/snapshot/snapshot_reader.h"

/* Writes the snapshot at `from` as one complete file `file`, durable before it
 * gets its name, with its digest beside it; compressed if its name ends with
 * ".zst", when the digest is about the snapshot that is packed in it. */
NODISCARD bool portable_store_write(struct snapshot_file_digest *is,
				    struct snapshot_head *head,
				    const char *from, const char *file,
				    struct error *error);

#endif
