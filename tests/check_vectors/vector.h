/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_CHECK_VECTORS_VECTOR_H
#define PLASMA_TESTS_CHECK_VECTORS_VECTOR_H

/*
 * What the readers of vector files share: TAP points, and values of JSON. A
 * member that is missing or of another kind ends the program: the file is not
 * in the format that the reader knows.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/u256.h"
#include "common/chain/amount.h"
#include "common/chain/position.h"

/* One TAP point, named "file: sentence". */
void point(bool good, const char *format, ...) PRINTF_LIKE(2, 3);

/* The name that the points of a file begin with. */
void point_file(const char *name);

int point_count(void);
int point_failures(void);

NORETURN void vector_stop(const char *format, ...) PRINTF_LIKE(1, 2);

/* A member of an object; the second form is for those that may be missing. */
json_t *vector_member(const json_t *object, const char *key);
const char *vector_text(const json_t *object, const char *key);

/* A number, or a decimal string, of at most 64 and 256 bits. */
uint64_t vector_u64(const json_t *object, const char *key);
struct u256 vector_u256(const json_t *object, const char *key);
struct amount vector_amount(const json_t *object, const char *key);

/* "0x" and digits. */
struct bytes vector_hex(struct arena *arena, const char *text);
struct bytes vector_bytes(struct arena *arena, const json_t *object,
			  const char *key);
struct hash vector_hash(const json_t *object, const char *key);
struct hash vector_hash_of(const char *text);
struct address vector_address(const json_t *object, const char *key);
struct token vector_token(const json_t *object, const char *key);

/* The position whose contract number stands in `key`. */
struct position vector_position(const json_t *object, const char *key);

/* True if the member has exactly this value. */
bool vector_is_hash(const json_t *object, const char *key,
		    const struct hash *hash);
bool vector_is_bytes(struct arena *arena, const json_t *object, const char *key,
		     struct bytes view);

/* The readers, one per file. */
typedef void vector_reader(const json_t *file, struct arena *arena);

vector_reader read_abi;
vector_reader read_blocks;
vector_reader read_calls;
vector_reader read_competitors;
vector_reader read_contract_calls;
vector_reader read_contract_events;
vector_reader read_deposits;
vector_reader read_eip712;
vector_reader read_eth_blocks;
vector_reader read_events;
vector_reader read_fees;
vector_reader read_ids;
vector_reader read_keccak;
vector_reader read_merkle;
vector_reader read_operator_fees;
vector_reader read_payments;
vector_reader read_positions;
vector_reader read_priority;
vector_reader read_rlp;
vector_reader read_signatures;
vector_reader read_tx_decode;

#endif
