/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SNAPSHOT_SNAPSHOT_READER_PRIVATE_H
#define PLASMA_COMMON_SNAPSHOT_SNAPSHOT_READER_PRIVATE_H

/* Inside of a reader, for this folder alone. */

#include "common/snapshot/snapshot_reader.h"
#include "common/store/database.h"
#include "common/store/statement.h"

struct snapshot_reader {
	struct database *database;
	struct snapshot_identity identity;
	struct statement *walk;	  /* of the events, or NULL */
	struct statement *viewed; /* whose columns a result points into */
};

#endif
