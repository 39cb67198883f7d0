/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_SNAPSHOT_STORE_PRIVATE_H
#define PLASMA_ROOTCHAIN_SNAPSHOT_STORE_PRIVATE_H

/* Inside of the store, for those who write it. */

#include "common/store/database.h"

struct snapshot_store {
	struct database *database;
};

#endif
