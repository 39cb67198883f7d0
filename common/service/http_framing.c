/* SPDX-License-Identifier: MIT */
#include "common/service/http_framing.h"

#include <microhttpd.h>
#include <string.h>
#include <strings.h>

struct framing {
	unsigned int lengths; /* headers that say where the body ends */
	bool is_unsound;
};

static enum MHD_Result add_header(void *context, enum MHD_ValueKind kind,
				  const char *name, const char *value)
{
	struct framing *framing = context;

	(void)kind; /* it is a header */
	/* A blank before the colon hides a header from some readers. */
	if (strpbrk(name, " \t") != NULL)
		framing->is_unsound = true;
	if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0)
		framing->lengths++;
	if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
		framing->lengths++;
		if (value == NULL || strcasecmp(value, "chunked") != 0)
			framing->is_unsound = true;
	}
	return MHD_YES;
}

bool http_framing_is_sound(struct MHD_Connection *connection)
{
	struct framing framing = { 0, false };

	(void)MHD_get_connection_values(connection, MHD_HEADER_KIND, add_header,
					&framing); /* how many */
	return !framing.is_unsound && framing.lengths <= 1;
}
