/* SPDX-License-Identifier: MIT */
#include "operator/rate_limit.h"

#include <string.h>

#include "common/base/instant.h"
#include "common/base/memory.h"

#define PLACES ((size_t)16384)

/* Full buckets that an address can owe. */
#define MOST_DEBT 30

struct bucket {
	uint8_t address[16];
	uint64_t filled_ms;  /* when `thousandths` was true */
	int64_t thousandths; /* below zero: debt */
};

struct rate_limit {
	uint64_t per_second;
	uint64_t burst;
	uint8_t seed[16];
	struct bucket *buckets;
};

struct rate_limit *rate_limit_new(uint64_t per_second, uint64_t burst,
				  const uint8_t seed[16])
{
	struct rate_limit *limit = memory_new(1, sizeof(*limit));

	limit->per_second = per_second;
	limit->burst = burst;
	memcpy(limit->seed, seed, sizeof(limit->seed));
	limit->buckets = memory_new(PLACES, sizeof(*limit->buckets));
	return limit;
}

void rate_limit_free(struct rate_limit *limit)
{
	if (limit == NULL)
		return;
	memory_free(limit->buckets);
	memory_free(limit);
}

/* IPv4 addresses as they are, of IPv6 the network. */
static void name_of(uint8_t name[16], const uint8_t address[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(name, address, 16);
	if (memcmp(address, mapped, sizeof(mapped)) != 0)
		memset(name + 8, 0, 8);
}

static struct bucket *find(struct rate_limit *limit, const uint8_t name[16])
{
	uint64_t mixed = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < 16; i++) {
		mixed ^= (uint64_t)(name[i] ^ limit->seed[i]);
		mixed *= UINT64_C(0x100000001b3);
		mixed ^= mixed >> 29;
	}
	return &limit->buckets[mixed % PLACES];
}

/* The bucket of the address as it is now. */
static struct bucket *fill(struct rate_limit *limit, const uint8_t address[16],
			   uint64_t now_ms)
{
	uint8_t name[16];

	name_of(name, address);
	struct bucket *bucket = find(limit, name);
	if (bucket->filled_ms == 0 || memcmp(bucket->address, name, 16) != 0) {
		memcpy(bucket->address, name, 16);
		bucket->thousandths = (int64_t)(limit->burst * 1000);
	} else {
		uint64_t gone_ms = instant_since(now_ms, bucket->filled_ms);

		if (gone_ms > 3600000)
			gone_ms = 3600000;
		bucket->thousandths += (int64_t)(gone_ms * limit->per_second);
		if (bucket->thousandths > (int64_t)(limit->burst * 1000))
			bucket->thousandths = (int64_t)(limit->burst * 1000);
	}
	bucket->filled_ms = now_ms;
	return bucket;
}

bool rate_limit_take(struct rate_limit *limit, const uint8_t address[16],
		     uint64_t count, uint64_t now_ms)
{
	if (limit->per_second == 0)
		return true;
	struct bucket *bucket = fill(limit, address, now_ms);
	if (bucket->thousandths < (int64_t)(count * 1000))
		return false;
	bucket->thousandths -= (int64_t)(count * 1000);
	return true;
}

bool rate_limit_has(struct rate_limit *limit, const uint8_t address[16],
		    uint64_t now_ms)
{
	return limit->per_second == 0 ||
	       fill(limit, address, now_ms)->thousandths >= 1000;
}

void rate_limit_charge(struct rate_limit *limit, const uint8_t address[16],
		       uint64_t count, uint64_t now_ms)
{
	if (limit->per_second == 0)
		return;
	struct bucket *bucket = fill(limit, address, now_ms);
	int64_t most = (int64_t)(MOST_DEBT * limit->burst * 1000);

	if (count > MOST_DEBT * limit->burst)
		bucket->thousandths = -most;
	else
		bucket->thousandths -= (int64_t)(count * 1000);
	if (bucket->thousandths < -most)
		bucket->thousandths = -most;
}
