/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_FAULT_WORKLOAD_H
#define PLASMA_TESTS_FAULT_WORKLOAD_H

/*
 * What a program does with its database, in numbered steps: each is one
 * transaction, says truly whether it is on disk, and may be taken again if it
 * is not. The rows after step N are the same in every life.
 */

#include <stdbool.h>

#include "common/base/error.h"

struct workload {
	const char *name;
	const char *path; /* of the database */
	unsigned int steps;
	bool (*open)(void **out, struct error *error);
	bool (*step)(void *handle, unsigned int number, struct error *error);
	void (*close)(void *handle);
};

extern const struct workload workload_store;
extern const struct workload workload_actions;
extern const struct workload workload_signed_spends;
extern const struct workload workload_snapshot;
extern const struct workload workload_watcher;

#endif
