/* SPDX-License-Identifier: MIT */
#include "operator/moved_places.h"

#include <assert.h>

#include "common/base/hash_map.h"

/* The keys are of our own choice: no seed has to be secret. */
static const uint8_t seed[16];

void moved_places_init(struct moved_places *moved)
{
	moved->places = hash_map_new(sizeof(uint64_t), seed);
}

void moved_places_clear(struct moved_places *moved)
{
	hash_map_free(moved->places);
	moved->places = NULL;
}

static uint64_t key_of(struct position position)
{
	struct position first;
	bool made = position_make(&first, position_blknum(position),
				  position_txindex(position), 0);

	assert(made);
	return first.packed;
}

void moved_places_note(struct moved_places *moved, struct position place)
{
	uint64_t key = key_of(place);

	hash_map_put(moved->places, &key, 0);
}

bool moved_places_are_spent(const struct moved_places *moved,
			    const struct transaction *transaction)
{
	if (hash_map_count(moved->places) == 0)
		return false;
	for (size_t i = 0; i < transaction->input_count; i++) {
		uint64_t key = key_of(transaction->inputs[i]);

		if (hash_map_get(moved->places, NULL, &key))
			return true;
	}
	return false;
}
