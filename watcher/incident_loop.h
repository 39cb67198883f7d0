/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_INCIDENT_LOOP_H
#define PLASMA_WATCHER_INCIDENT_LOOP_H

/*
 * Writes the evidence of every incident as soon as it is raised, and before it
 * is answered (protocol.md 11): DATADIR/incidents/EVENT-KEY-TIME.json, once for
 * each time that it comes to stand.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "watcher/event_store.h"
#include "watcher/evidence_store.h"
#include "watcher/pass_facts.h"

/* DATADIR/incidents/… of an event; false if there is no such file, because its
 * kind has none, it could not be written or the folder is gone (NULL). */
#define INCIDENT_PATH_SIZE 512
NODISCARD bool incident_loop_path(char path[INCIDENT_PATH_SIZE],
				  const char *datadir,
				  const struct standing_event *event);

/* Writes what stands and has no file. One that cannot be written is logged and
 * counted in `failed`, and tried again. */
NODISCARD bool incident_loop_pass(const struct evidence_sources *sources,
				  size_t *failed, const char *datadir,
				  const struct pass_facts *facts,
				  struct error *error);

#endif
