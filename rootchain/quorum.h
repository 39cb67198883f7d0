/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_QUORUM_H
#define PLASMA_ROOTCHAIN_QUORUM_H

/*
 * Who is believed. Endpoints vote on nothing but hashes of eth_blocks, and
 * those who are alone with theirs are excluded, as are those that do not
 * answer, break the protocol, are on another chain or far behind. An excluded
 * endpoint is asked again after a while, longer each time, and is back as soon
 * as it answers as the others do.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/error.h"

enum endpoint_trouble {
	ENDPOINT_WELL,
	ENDPOINT_UNREACHABLE, /* no answer, or none that is one */
	ENDPOINT_SLOW,	      /* others answer long before it */
	ENDPOINT_PROTOCOL,    /* what it says cannot be true */
	ENDPOINT_FOREIGN,     /* another chain id, or deployment */
	ENDPOINT_STALE,	      /* its head is far behind */
	ENDPOINT_DISAGREES    /* alone with the hash of an eth_block */
};

/* "unreachable", "stale", …; "well". */
const char *endpoint_trouble_name(enum endpoint_trouble trouble);

/* What kind of trouble an error of an endpoint is. */
enum endpoint_trouble endpoint_trouble_of(enum error_code code);

struct endpoint_record {
	enum endpoint_trouble trouble;
	char reason[200];
	unsigned int failures; /* in a row */
	unsigned int slow;     /* in a row */
	uint64_t retry_at_ms;  /* of the monotonic clock */
	uint64_t head;	       /* the last that it told */
};

/* True if the endpoint is to be asked now. */
bool endpoint_record_is_due(const struct endpoint_record *record,
			    uint64_t now_ms);

/* The endpoint is excluded, for twice as long as last time, up to a minute, and
 * less by a random part of up to half of it. True if that is news. */
bool endpoint_record_exclude(struct endpoint_record *record,
			     enum endpoint_trouble trouble, const char *reason,
			     uint64_t now_ms, uint32_t random);

/* It answered too late to be counted. True if it is excluded for it: only the
 * third time in a row. */
bool endpoint_record_late(struct endpoint_record *record, uint64_t now_ms,
			  uint32_t random);

/* It answered as it should. True if that is news. */
bool endpoint_record_restore(struct endpoint_record *record);

/* What one endpoint says about the hash of an eth_block. */
struct quorum_vote {
	bool is_known;
	struct hash hash;
};

enum quorum_outcome {
	QUORUM_NOBODY,	/* no vote was known */
	QUORUM_AGREED,	/* as many as wanted, or more */
	QUORUM_FEWER,	/* fewer than wanted, but none who says otherwise */
	QUORUM_DISPUTED /* fewer than wanted agree, and others say otherwise */
};

struct quorum_count {
	enum quorum_outcome outcome;
	struct hash hash; /* of the largest group; of the first, if equal */
	size_t count;	  /* its members */
};

struct quorum_count quorum_count(const struct quorum_vote *votes, size_t count,
				 size_t wanted);

/* The highest number that at least `wanted` of the numbers reach; with fewer
 * numbers, the lowest. Asserts count > 0. */
uint64_t quorum_height(const uint64_t *numbers, size_t count, size_t wanted);

/* True if a head is so far behind the height of the quorum that the endpoint is
 * no use. */
#define QUORUM_STALE_ETH_BLOCKS 16
bool quorum_is_stale(uint64_t head, uint64_t height);

#endif
