/* SPDX-License-Identifier: MIT */
#include "rootchain/quorum.h"

#include <assert.h>
#include <stdio.h>

#define FIRST_WAIT_MS 500
#define MOST_WAIT_MS 60000
#define MOST_LATE 3

const char *endpoint_trouble_name(enum endpoint_trouble trouble)
{
	switch (trouble) {
	case ENDPOINT_WELL:
		return "well";
	case ENDPOINT_UNREACHABLE:
		return "unreachable";
	case ENDPOINT_SLOW:
		return "slow";
	case ENDPOINT_PROTOCOL:
		return "breaks the protocol";
	case ENDPOINT_FOREIGN:
		return "on another chain";
	case ENDPOINT_STALE:
		return "stale";
	case ENDPOINT_DISAGREES:
		return "disagrees";
	}
	assert(false);
	return "";
}

enum endpoint_trouble endpoint_trouble_of(enum error_code code)
{
	if (code == ERROR_PROTOCOL || code == ERROR_REFUSED ||
	    code == ERROR_BAD_INPUT)
		return ENDPOINT_PROTOCOL;
	return code == ERROR_CONFIG ? ENDPOINT_FOREIGN : ENDPOINT_UNREACHABLE;
}

bool endpoint_record_is_due(const struct endpoint_record *record,
			    uint64_t now_ms)
{
	return record->trouble == ENDPOINT_WELL ||
	       now_ms >= record->retry_at_ms;
}

static uint64_t wait_ms(unsigned int failures, uint32_t random)
{
	uint64_t most = MOST_WAIT_MS;

	if (failures < 8 && ((uint64_t)FIRST_WAIT_MS << failures) < most)
		most = (uint64_t)FIRST_WAIT_MS << failures;
	return most - most / 2 * random / UINT32_MAX;
}

bool endpoint_record_exclude(struct endpoint_record *record,
			     enum endpoint_trouble trouble, const char *reason,
			     uint64_t now_ms, uint32_t random)
{
	bool is_news = record->trouble != trouble;

	record->trouble = trouble;
	record->retry_at_ms = now_ms + wait_ms(record->failures, random);
	record->failures++;
	record->slow = 0;
	(void)snprintf(record->reason, sizeof(record->reason), "%s",
		       reason); /* cut is fine */
	return is_news;
}

bool endpoint_record_late(struct endpoint_record *record, uint64_t now_ms,
			  uint32_t random)
{
	if (++record->slow < MOST_LATE)
		return false;
	(void)endpoint_record_exclude(record, ENDPOINT_SLOW,
				      "others answer long before it", now_ms,
				      random); /* said by the caller */
	return true;
}

bool endpoint_record_restore(struct endpoint_record *record)
{
	bool is_news = record->trouble != ENDPOINT_WELL;

	record->trouble = ENDPOINT_WELL;
	record->reason[0] = '\0';
	record->failures = 0;
	record->slow = 0;
	return is_news;
}

/* How many votes are for the hash of votes[of]. */
static size_t count_for(const struct quorum_vote *votes, size_t count,
			size_t of)
{
	size_t members = 0;

	for (size_t i = 0; i < count; i++) {
		if (votes[i].is_known &&
		    hash_equal(&votes[i].hash, &votes[of].hash))
			members++;
	}
	return members;
}

struct quorum_count quorum_count(const struct quorum_vote *votes, size_t count,
				 size_t wanted)
{
	struct quorum_count result = { .outcome = QUORUM_NOBODY };
	size_t known = 0;

	for (size_t i = 0; i < count; i++) {
		if (!votes[i].is_known)
			continue;
		size_t members = count_for(votes, count, i);
		known++;
		if (members > result.count) {
			result.count = members;
			result.hash = votes[i].hash;
		}
	}
	if (result.count == 0)
		return result;
	if (result.count >= wanted && 2 * result.count > known)
		result.outcome = QUORUM_AGREED;
	else
		result.outcome =
			result.count == known ? QUORUM_FEWER : QUORUM_DISPUTED;
	return result;
}

uint64_t quorum_height(const uint64_t *numbers, size_t count, size_t wanted)
{
	uint64_t height = 0;
	bool is_reached = false;

	assert(count > 0);
	if (wanted > count)
		wanted = count;
	for (size_t i = 0; i < count; i++) {
		size_t reaching = 0;

		for (size_t k = 0; k < count; k++)
			reaching += numbers[k] >= numbers[i] ? 1 : 0;
		if (reaching >= wanted &&
		    (!is_reached || numbers[i] > height)) {
			height = numbers[i];
			is_reached = true;
		}
	}
	return height;
}

bool quorum_is_stale(uint64_t head, uint64_t height)
{
	return head < height && height - head > QUORUM_STALE_ETH_BLOCKS;
}
