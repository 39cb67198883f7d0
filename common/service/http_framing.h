/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_HTTP_FRAMING_H
#define PLASMA_COMMON_SERVICE_HTTP_FRAMING_H

/*
 * Where a request ends must be the same for everybody who reads it: a proxy
 * that takes another header for the length would see other requests (RFC 9112,
 * section 6.3).
 */

#include <stdbool.h>

struct MHD_Connection;

/* False if the headers of the request can be read in two ways: two lengths, a
 * length and chunks, another encoding than chunks, a blank in a name. */
bool http_framing_is_sound(struct MHD_Connection *connection);

#endif
