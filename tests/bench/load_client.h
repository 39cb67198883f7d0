/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_BENCH_LOAD_CLIENT_H
#define PLASMA_TESTS_BENCH_LOAD_CLIENT_H

/*
 * An HTTP client that costs little: connections that stay open, requests made
 * in advance, answers looked at for two words.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"

/* A request as bytes of HTTP/1.1. */
struct load_request {
	struct bytes bytes;
	uint64_t due_ns; /* monotonic, of load_client_now(); 0: at once */
};

struct load_result {
	uint64_t sent_ns; /* when it was due, or sent if it was due at once */
	uint64_t answered_ns;
	uint64_t good; /* payments accepted */
	uint64_t bad;
};

uint64_t load_client_now(void);

/* Sends all requests over `connections` connections to 127.0.0.1:port, one at a
 * time on each, in order; one result each. From the address 127.0.0.`from`.
 * False if the server goes away. */
bool load_client_run(struct load_result *results,
		     const struct load_request *requests, size_t count,
		     uint16_t port, size_t connections, uint8_t from);

#endif
