/* SPDX-License-Identifier: MIT */
#include "watcher/incident_loop.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/service/atomic_file.h"
#include "common/service/evidence_json.h"
#include "common/service/incident_evidence_file.h"
#include "common/service/log.h"
#include "watcher/incident_store.h"

#define FOLDER "incidents"

/* Letters, digits, '_' and '-' alone, whatever the key is. */
static void name_file(char path[INCIDENT_PATH_SIZE], const char *datadir,
		      const struct standing_event *event)
{
	int len = snprintf(path, INCIDENT_PATH_SIZE, "%s/" FOLDER "/",
			   datadir); /* a path that is cut does not open */
	size_t start = len > 0 && len < INCIDENT_PATH_SIZE ? (size_t)len : 0;

	(void)snprintf(path + start, INCIDENT_PATH_SIZE - start,
		       "%s-%s-%llu.json", event_code(event->kind), event->key,
		       (unsigned long long)event->first_seen.seconds); /* too */
	for (char *at = path + start; *at != '\0'; at++) {
		if (*at == ' ' || *at == ':')
			*at = '-';
	}
}

bool incident_loop_path(char path[INCIDENT_PATH_SIZE], const char *datadir,
			const struct standing_event *event)
{
	if (datadir == NULL || !incident_store_has_evidence(event->kind))
		return false;
	name_file(path, datadir, event);
	return access(path, F_OK) == 0;
}

static bool write_file(const struct incident_evidence *evidence,
		       const char *path, struct error *error)
{
	struct growing_buffer text;

	growing_buffer_init(&text, INCIDENT_EVIDENCE_MAX_LEN);
	incident_evidence_write(&text, evidence);
	bool ok = text.overflowed
			  ? error_set(error, ERROR_SOFTWARE,
				      "an evidence is longer than it may be")
			  : atomic_file_write_path(path,
						   growing_buffer_view(&text),
						   0644, error);
	growing_buffer_clear(&text);
	return ok;
}

static bool write_incident(const struct evidence_sources *sources,
			   const struct pass_facts *facts,
			   const struct standing_event *event, const char *path,
			   struct error *error)
{
	struct evidence_code codes[NETWORK_MAX_CODE_HASHES];
	struct incident incident;
	struct arena arena;

	memset(&incident, 0, sizeof(incident));
	arena_init(&arena, EVIDENCE_STORE_ARENA);
	incident.sources = sources;
	incident.facts = facts;
	incident.event = event;
	incident.arena = &arena;
	evidence_json_network_of(&incident.evidence.network, codes,
				 facts->network);
	bool ok = incident_store_collect(&incident, error) &&
		  write_file(&incident.evidence, path, error);
	if (ok)
		log_event(LOG_INFO, "the evidence of an incident is written",
			  log_text("event", event_code(event->kind)),
			  log_text("file", path),
			  log_text("verdict",
				   incident_verdict_code(
					   incident_evidence_judge(
						   &incident.evidence, &arena)
						   .verdict)));
	proof_store_clear(&incident);
	arena_clear(&arena);
	return ok;
}

static bool make_folder(const char *datadir, struct error *error)
{
	char path[INCIDENT_PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%s/" FOLDER,
		       datadir); /* a path that is cut does not open */
	return atomic_file_make_folder(path, 0755, error);
}

bool incident_loop_pass(const struct evidence_sources *sources, size_t *failed,
			const char *datadir, const struct pass_facts *facts,
			struct error *error)
{
	struct standing_event *list;
	size_t count;

	*failed = 0;
	if (!event_store_list_new(sources->database, &list, &count, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		char path[INCIDENT_PATH_SIZE];
		struct error reason;

		if (!incident_store_has_evidence(list[i].kind) ||
		    incident_loop_path(path, datadir, &list[i]))
			continue;
		if (make_folder(datadir, &reason) &&
		    write_incident(sources, facts, &list[i], path, &reason))
			continue;
		*failed += 1;
		log_event(LOG_ERROR, "no evidence of an incident is written",
			  log_text("event", event_code(list[i].kind)),
			  log_text("key", list[i].key),
			  log_text("reason", reason.message));
	}
	event_store_list_free(list, count);
	return true;
}
