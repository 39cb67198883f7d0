/* SPDX-License-Identifier: MIT */
#include "watcher/event.h"

#include <assert.h>
#include <string.h>

static const struct {
	const char *code;
	enum event_class class;
} events[] = {
#define EVENT_ROW(name, code, class) { code, EVENT_CLASS_##class },
	EVENT_LIST(EVENT_ROW)
#undef EVENT_ROW
};

static_assert(sizeof(events) / sizeof(events[0]) == EVENT_COUNT,
	      "EVENT_COUNT counts the list");

const char *event_code(enum event_kind kind)
{
	assert(kind < EVENT_COUNT);
	return events[kind].code;
}

enum event_class event_class_of(enum event_kind kind)
{
	assert(kind < EVENT_COUNT);
	return events[kind].class;
}

bool event_allows_challenges_only(enum event_kind kind)
{
	return kind == EVENT_FINALITY_BROKEN || kind == EVENT_CHANGED_ROOT ||
	       kind == EVENT_BLOCK_NUMBER_GAP;
}

bool event_from_code(enum event_kind *out, const char *code)
{
	for (size_t i = 0; i < EVENT_COUNT; i++) {
		if (strcmp(events[i].code, code) == 0) {
			*out = (enum event_kind)i;
			return true;
		}
	}
	return false;
}

const char *severity_name(enum severity severity)
{
	switch (severity) {
	case SEVERITY_OK:
		return "OK";
	case SEVERITY_WARNING:
		return "WARNING";
	case SEVERITY_CRITICAL:
		return "CRITICAL";
	case SEVERITY_UNKNOWN:
		break;
	}
	return "UNKNOWN";
}

enum severity event_severity(enum event_kind kind, bool answered, bool waits)
{
	if (kind == EVENT_STALLED_ROOT_CHAIN)
		return SEVERITY_WARNING;
	/* These inform, unless they concern what is ours: then they come here
	 * not answered. */
	if ((kind == EVENT_PIGGYBACK_AVAILABLE || kind == EVENT_BOND_CHANGE) &&
	    !answered)
		return SEVERITY_CRITICAL;
	switch (event_class_of(kind)) {
	case EVENT_CLASS_HALT:
		return SEVERITY_CRITICAL;
	case EVENT_CLASS_A:
		return answered ? SEVERITY_OK : SEVERITY_CRITICAL;
	case EVENT_CLASS_I:
		break;
	}
	return waits ? SEVERITY_WARNING : SEVERITY_OK;
}

static int rank(enum severity severity)
{
	switch (severity) {
	case SEVERITY_OK:
		return 0;
	case SEVERITY_WARNING:
		return 1;
	case SEVERITY_UNKNOWN:
		return 2;
	case SEVERITY_CRITICAL:
		break;
	}
	return 3;
}

enum severity severity_worse(enum severity a, enum severity b)
{
	return rank(a) >= rank(b) ? a : b;
}
