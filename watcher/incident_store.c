/* SPDX-License-Identifier: MIT */
#include "watcher/incident_store.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/hex.h"
#include "watcher/inflight_exit.h"

/* What the key of an event is. */
enum subject {
	SUBJECT_NONE,  /* no evidence */
	SUBJECT_FACTS, /* nothing but what the facts say */
	SUBJECT_BLOCK, /* a block number */
	SUBJECT_LOG,   /* the log that the facts name, if they do */
	SUBJECT_EXIT   /* an exit id, and perhaps a slot */
};

static enum subject subject_of(enum event_kind kind)
{
	switch (kind) {
	case EVENT_INVALID_BLOCK:
	case EVENT_BLOCK_WITHHOLDING:
	case EVENT_CHANGED_ROOT:
	case EVENT_EQUIVOCATION:
	case EVENT_DEPOSIT_BYTES_UNKNOWN:
		return SUBJECT_BLOCK;
	case EVENT_INVALID_EXIT:
	case EVENT_UNCHALLENGED_EXIT:
	case EVENT_INVALID_FINALIZED_EXIT:
	case EVENT_LATE_SPEND_OF_EXITING_OUTPUT:
	case EVENT_NON_CANONICAL_IFE:
	case EVENT_UNCHALLENGED_NON_CANONICAL_IFE:
	case EVENT_INVALID_IFE_CHALLENGE:
	case EVENT_INVALID_PIGGYBACK:
	case EVENT_UNCHALLENGED_PIGGYBACK:
		return SUBJECT_EXIT;
	case EVENT_INSOLVENT_VAULT:
	case EVENT_GOVERNANCE_CHANGE:
	case EVENT_BOND_CHANGE:
		return SUBJECT_LOG;
	case EVENT_BLOCK_NUMBER_GAP:
	case EVENT_QUEUE_STUCK:
	case EVENT_FINALITY_BROKEN:
		return SUBJECT_FACTS;
	case EVENT_PIGGYBACK_AVAILABLE:
	case EVENT_OWN_EXIT_MISSING:
	case EVENT_STALLED_ROOT_CHAIN:
	case EVENT_STALLED_WATCHER:
	case EVENT_OPERATOR_UNREACHABLE:
	case EVENT_LOW_BALANCE:
	case EVENT_SIGNED_SPENDS_UNKNOWN:
		break;
	}
	return SUBJECT_NONE;
}

bool incident_store_has_evidence(enum event_kind kind)
{
	return subject_of(kind) != SUBJECT_NONE;
}

/* "2000": keys of blocks are written by us. */
static void read_block(struct incident_evidence *evidence, const char *key)
{
	evidence->has_block = key[0] >= '1' && key[0] <= '9';
	for (const char *at = key; *at != '\0'; at++) {
		evidence->has_block =
			evidence->has_block && *at >= '0' && *at <= '9' &&
			evidence->block <= PROTOCOL_MAX_BLOCK_NUMBER;
		evidence->block = evidence->block * 10 + (uint64_t)(*at - '0');
	}
}

/* "0x…", ":input 2", ":output 0". */
static void read_exit(struct incident_evidence *evidence, const char *key)
{
	const size_t id_len = 2 + 2 * sizeof(evidence->exit_id.bytes);
	const char *slot = key + id_len;

	if (strlen(key) < id_len ||
	    !hex_decode(evidence->exit_id.bytes,
			sizeof(evidence->exit_id.bytes), key, id_len))
		return;
	evidence->has_exit_id = true;
	bool is_input = strncmp(slot, ":input ", 7) == 0;
	bool is_output = strncmp(slot, ":output ", 8) == 0;
	evidence->has_slot = is_input || is_output;
	if (evidence->has_slot)
		evidence->slot = (unsigned int)(slot[is_input ? 7 : 8] - '0') +
				 (is_output ? IN_FLIGHT_OUTPUT_SLOT : 0);
}

/* The head of the pass, whose time says how long nothing was done. */
static bool read_head(struct incident *incident, struct error *error)
{
	const struct snapshot_head *head = &incident->facts->head;
	struct incident_evidence *evidence = &incident->evidence;
	struct bytes header;
	bool found;

	evidence->seen_number = head->number;
	evidence->seen_hash = head->hash;
	if (!snapshot_reader_header(incident->sources->snapshot, &found,
				    &header, head->number, error))
		return false;
	if (found)
		evidence->seen_header = arena_copy(incident->arena, header);
	return true;
}

/* Facts are ours: {…,"eth_block":5,"log_index":0}. */
static bool add_named_log(struct incident *incident, struct error *error)
{
	json_t *facts = json_loads(incident->event->facts, 0, NULL);
	json_int_t eth_block =
		json_integer_value(json_object_get(facts, "eth_block"));
	json_int_t log_index =
		json_integer_value(json_object_get(facts, "log_index"));

	json_decref(facts);
	return eth_block <= 0 || proof_store_log(incident, (uint64_t)eth_block,
						 (uint32_t)log_index, error);
}

bool incident_store_collect(struct incident *incident, struct error *error)
{
	struct incident_evidence *evidence = &incident->evidence;
	const struct standing_event *event = incident->event;

	evidence->made_at = incident->facts->wall;
	evidence->event = event_code(event->kind);
	evidence->key = event->key;
	evidence->facts = event->facts;
	evidence->is_complete = true;
	if (!read_head(incident, error))
		return false;
	switch (subject_of(event->kind)) {
	case SUBJECT_LOG:
		return add_named_log(incident, error);
	case SUBJECT_BLOCK:
		read_block(evidence, event->key);
		return !evidence->has_block ||
		       incident_store_block(incident, error);
	case SUBJECT_EXIT:
		read_exit(evidence, event->key);
		return !evidence->has_exit_id ||
		       incident_store_exit(incident, error);
	case SUBJECT_FACTS:
	case SUBJECT_NONE:
		break;
	}
	return true;
}
