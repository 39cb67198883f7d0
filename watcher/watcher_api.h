/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_WATCHER_API_H
#define PLASMA_WATCHER_WATCHER_API_H

/*
 * What the watcher answers over HTTP: the calls of OMG-style wallets, verified
 * bodies for peers, health and metrics. Nothing here writes: each request reads
 * one state of the database through a connection of its own.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/keys/signer.h"
#include "common/service/body_store.h"
#include "common/service/http_server.h"
#include "common/service/network_file.h"
#include "common/store/database.h"

struct watcher_api_parts {
	const char *datadir;
	const struct network *network;
	struct body_store *bodies;
	const char *operator_url;     /* where payments go; NULL: nowhere */
	uint64_t snapshot_max_age;    /* seconds of wall time */
	const struct signer *signers; /* who sends; empty: nothing is sent */
	size_t signer_count;
};

struct watcher_api;

/* Borrows all parts. Own with watcher_api_free(). */
struct watcher_api *watcher_api_new(const struct watcher_api_parts *parts);
void watcher_api_free(struct watcher_api *api);

/* For http_server_start(), whose context is the API. */
const struct http_route *watcher_api_routes(void);

const struct watcher_api_parts *
watcher_api_parts_borrow(const struct watcher_api *api);

/* A reading connection, and back again; from any thread. */
NODISCARD bool watcher_api_take_database(struct watcher_api *api,
					 struct database **out,
					 struct error *error);
void watcher_api_give_database(struct watcher_api *api,
			       struct database *database);

#endif
