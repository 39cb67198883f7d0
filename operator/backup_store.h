/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_BACKUP_STORE_H
#define PLASMA_OPERATOR_BACKUP_STORE_H

/*
 * A backup of a data directory in one file, made while the operator runs:
 *
 *	8	"PLASMAB1"
 *	...	files: 2 bytes length of the name, the name, 8 bytes length of
 *		the content, the content
 *	2	zero
 *	32	keccak256 of all that
 *
 * Numbers are big-endian. In it are the accepted payments, the database and all
 * bodies, in the order in which a running operator can be copied: a payment
 *that was acknowledged before the backup began is in it.
 */

#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"

struct backup_counts {
	uint64_t files;
	uint64_t bytes;
	uint64_t newest_blknum; /* 0: no block is committed */
};

/* Writes the backup, which must not be there yet, and reads it back. */
NODISCARD bool backup_store_write(struct backup_counts *counts,
				  const char *datadir, const char *path,
				  struct error *error);

/* Verifies, then unpacks into a directory without a database. */
NODISCARD bool backup_store_restore(struct backup_counts *counts,
				    const char *path, const char *datadir,
				    struct error *error);

#endif
