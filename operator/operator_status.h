/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_OPERATOR_STATUS_H
#define PLASMA_OPERATOR_OPERATOR_STATUS_H

/*
 * What the operator's threads tell each other and the outside about how things
 * stand: written by whoever knows, read by the HTTP calls.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/growing_buffer.h"
#include "common/base/instant.h"
#include "common/service/network_file.h"
#include "operator/fee_schedule.h"

/* What a person should look at. Each is raised and cleared by itself. */
enum operator_alarm {
	OPERATOR_ALARM_SNAPSHOT,   /* the snapshot cannot be read or is stale */
	OPERATOR_ALARM_ROOT_CHAIN, /* the node cannot be asked */
	OPERATOR_ALARM_PENDING,	   /* a root is pending for too long */
	OPERATOR_ALARM_PRICE_CAP,  /* a root needs more than the cap allows */
	OPERATOR_ALARM_BALANCE,	   /* the authority runs out of ether */
	OPERATOR_ALARM_WATCHER,	   /* the own watcher cannot be asked */
	OPERATOR_ALARM_MIRROR,	   /* a mirror does not take bodies */
	OPERATOR_ALARM_EXITABILITY, /* too many outputs to leave in time */
	OPERATOR_ALARM_DEPOSITS,    /* no block can be formed for them */
	OPERATOR_ALARM_HALTED,	    /* the chain is halted */
	OPERATOR_ALARM_COUNT
};

/* "snapshot", "root_chain", ... as in alarm.get. */
const char *operator_alarm_name(enum operator_alarm alarm);

struct operator_facts {
	bool ready; /* the root chain has been read */
	uint64_t eth_block;
	struct root_time eth_time;
	struct wall_time last_good_poll;
	uint64_t newest_blknum; /* committed by us; 0: none */
	uint64_t newest_formed_at;
	uint64_t next_child_block; /* of the contract */
	uint64_t blocks_in_flight;
	uint64_t roots_sent;
	uint64_t roots_raised;
	uint64_t authority_balance_gwei;
	uint64_t exitability_percent;
	uint64_t mirrored_blknum; /* 0: none, or there is no mirror */
	bool alarms[OPERATOR_ALARM_COUNT];
	char alarm_text[OPERATOR_ALARM_COUNT][160];
};

struct operator_status;

/* Own with operator_status_free(). */
struct operator_status *operator_status_new(void);
void operator_status_free(struct operator_status *status);

/* A copy of all facts. */
struct operator_facts operator_status_facts(struct operator_status *status);

/* facts.ready alone, for those who ask often. */
bool operator_status_is_ready(struct operator_status *status);

/* Copies all facts but the alarms in. */
void operator_status_put(struct operator_status *status,
			 const struct operator_facts *facts);

/* Both are logged if they are news. */
void operator_status_raise(struct operator_status *status,
			   enum operator_alarm alarm, const char *text);
void operator_status_clear(struct operator_status *status,
			   enum operator_alarm alarm);

/* The same for an alarm that several may raise: it stands until each has
 * cleared its own. `is_mine` is the caller's, false at first. */
void operator_status_raise_mine(struct operator_status *status, bool *is_mine,
				enum operator_alarm alarm, const char *text);
void operator_status_clear_mine(struct operator_status *status, bool *is_mine,
				enum operator_alarm alarm);

/* The answer of fees.all as JSON, for a schedule that changed at `now`: what is
 * in force, and not what is taken for a while yet. */
void operator_status_put_fees(struct operator_status *status,
			      const struct fee_schedule *schedule,
			      const struct network *network,
			      struct wall_time now);
void operator_status_write_fees(struct operator_status *status,
				struct growing_buffer *out);

#endif
