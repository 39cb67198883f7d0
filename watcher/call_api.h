/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_CALL_API_H
#define PLASMA_WATCHER_CALL_API_H

/*
 * One call of an OMG-style wallet while it is answered: its parameters, the
 * state of the database that it sees, and the data of the answer. A function
 * that answers returns true when the data is complete, or false after it has
 * refused or failed.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/chain/position.h"
#include "common/service/body_store.h"
#include "common/service/network_file.h"
#include "common/store/database.h"
#include "watcher/watcher_api.h"

struct call {
	const struct watcher_api_parts *parts;
	const struct network *network;
	struct database *database; /* in a transaction */
	struct body_store *bodies;
	struct bytes body; /* the request as it is */
	const json_t *parameters;
	struct growing_buffer *out; /* the data */
	bool is_page;
	uint64_t page; /* from 1 */
	uint64_t limit;
	char refusal[64];   /* "area:reason"; empty: none */
	struct error error; /* why, or what failed */
};

typedef bool call_function(struct call *call);

/* Both return false. The description is a sentence for people. */
bool call_refuse(struct call *call, const char *code, const char *description);
bool call_refuse_format(struct call *call, const char *code, const char *format,
			...) PRINTF_LIKE(3, 4);

/* Parameters; false after a refusal that names it. */
NODISCARD bool call_address(struct call *call, struct address *out,
			    const char *key);
NODISCARD bool call_position(struct call *call, struct position *out,
			     const char *key);
NODISCARD bool call_hash(struct call *call, struct hash *out, const char *key);
NODISCARD bool call_data(struct call *call, struct growing_buffer *out,
			 const char *key);
NODISCARD bool call_index(struct call *call, uint64_t *out, const char *key,
			  uint64_t most);

/* True if the parameter is there and not null. */
bool call_has(const struct call *call, const char *key);

/* Reads page (from 1) and limit (1 to 200, usually 100), and says them in the
 * answer. */
NODISCARD bool call_paging(struct call *call);

#endif
