/* SPDX-License-Identifier: MIT */
#include "common/service/http_callers.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include "common/base/memory.h"
#include "common/service/log.h"

/* A quarter of all open files, up to so many, is for the rest of the program.
 */
#define SPARE_FILES 256

unsigned int http_callers_fit(unsigned int wanted)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 ||
	    files.rlim_cur >= 2 * (rlim_t)wanted + SPARE_FILES)
		return wanted;
	unsigned int spare = (unsigned int)files.rlim_cur / 4;
	unsigned int fit = ((unsigned int)files.rlim_cur -
			    (spare < SPARE_FILES ? spare : SPARE_FILES)) /
			   2;
	if (fit >= wanted)
		return wanted;
	log_event(LOG_WARNING, "fewer connections, as few files may be open",
		  log_number("files", files.rlim_cur),
		  log_number("connections", fit));
	return fit;
}

/* Silent, and for less long than all others. */
static void put_last(struct http_callers *callers, struct http_caller *caller)
{
	caller->is_silent = true;
	caller->before = callers->last;
	caller->after = NULL;
	if (callers->last == NULL)
		callers->first = caller;
	else
		callers->last->after = caller;
	callers->last = caller;
}

static void take_out(struct http_callers *callers, struct http_caller *caller)
{
	if (caller->before == NULL)
		callers->first = caller->after;
	else
		caller->before->after = caller->after;
	if (caller->after == NULL)
		callers->last = caller->before;
	else
		caller->after->before = caller->before;
	caller->is_silent = false;
}

struct http_caller *http_callers_join(struct http_callers *callers, int fd)
{
	struct http_caller *caller = memory_new(1, sizeof(*caller));
	struct http_caller *oldest = callers->first;

	caller->fd = fd;
	callers->count++;
	if (callers->count > callers->most && oldest != NULL) {
		take_out(callers, oldest);
		/* It may have ended by itself. */
		(void)shutdown(oldest->fd, SHUT_RDWR);
	}
	put_last(callers, caller);
	return caller;
}

void http_callers_asked(struct http_callers *callers,
			struct http_caller *caller)
{
	if (caller->is_silent)
		take_out(callers, caller);
}

void http_callers_answered(struct http_callers *callers,
			   struct http_caller *caller)
{
	if (!caller->is_silent)
		put_last(callers, caller);
}

void http_callers_leave(struct http_callers *callers,
			struct http_caller *caller)
{
	if (caller->is_silent)
		take_out(callers, caller);
	callers->count--;
	memory_free(caller);
}
