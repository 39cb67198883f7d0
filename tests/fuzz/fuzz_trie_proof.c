/* SPDX-License-Identifier: MIT */

/* Any nodes as a proof. The input is the RLP list of a key and the nodes; the
 * root is the hash of the first of them, so that a changed one is walked, too,
 * and below it the hashes are mended for every other input. */

#include <stdlib.h>
#include <string.h>

#include "common/codec/keccak256.h"
#include "common/codec/rlp_reader.h"
#include "common/ethereum/trie_proof.h"
#include "tests/fuzz/driver.h"

const char *const fuzz_seeds[] = {
	/* A slot. */
	"f8daa0c927625320cbf41e8c85d0cdfe7ec1dac81a98f118e3962bbf53ba8f85"
	"a42eefb893f8918080a0dfa8f9ec292ea2b2fae25c013cad0c9d580589e1b94d"
	"e043fb401ac2e33ce52f808080a0b89eedd03b6d0ff205dc2ac9a6c660b49587"
	"ea1c34f415d058451e7a4cf2c362808080a03d9445d14911538d4a1579071a8f"
	"88699fd171737d509956ee4ddbf5e85e840680a0d88df87d6c29990832046b68"
	"a4cd3039a851b5bc89f5b3917ac4a119f21c023e80808080a3e2a03927625320"
	"cbf41e8c85d0cdfe7ec1dac81a98f118e3962bbf53ba8f85a42eef20",
	/* A slot. */
	"f9012fa06f0b72a60e8e41934fcd3011f0f2c76082d63a9c438e90a792ba27be"
	"ee0c5982b893f8918080a0dfa8f9ec292ea2b2fae25c013cad0c9d580589e1b9"
	"4de043fb401ac2e33ce52f808080a0b89eedd03b6d0ff205dc2ac9a6c660b495"
	"87ea1c34f415d058451e7a4cf2c362808080a03d9445d14911538d4a1579071a"
	"8f88699fd171737d509956ee4ddbf5e85e840680a0d88df87d6c29990832046b"
	"68a4cd3039a851b5bc89f5b3917ac4a119f21c023e80808080b853f851808080"
	"8080808080a0737c9eedee3ff525f7ccd23c3428d8e0978b9f7094d89bc0b875"
	"3ee4ea06fee2808080808080a0bffb5aaf8a6763949080af7eb785c7f9512770"
	"16dcfc9ffbec66bd982550899b80a3e2a0200b72a60e8e41934fcd3011f0f2c7"
	"6082d63a9c438e90a792ba27beee0c598220",
	/* A slot. */
	"f8b6a05acd9fd39a94b4b96d94bb95fe1d2cfc145e2eb393178ba92cd34d149a"
	"b6052ab893f8918080a0dfa8f9ec292ea2b2fae25c013cad0c9d580589e1b94d"
	"e043fb401ac2e33ce52f808080a0b89eedd03b6d0ff205dc2ac9a6c660b49587"
	"ea1c34f415d058451e7a4cf2c362808080a03d9445d14911538d4a1579071a8f"
	"88699fd171737d509956ee4ddbf5e85e840680a0d88df87d6c29990832046b68"
	"a4cd3039a851b5bc89f5b3917ac4a119f21c023e80808080",
	/* A node inside another. */
	"c881ab85c41ac23b07",
	NULL,
};

/* A value lies in a node. */
static bool is_inside(struct bytes value, const struct bytes *nodes,
		      size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (value.data >= nodes[i].data &&
		    value.data + value.len <= nodes[i].data + nodes[i].len)
			return true;
	return false;
}

static void walk(struct bytes key, const struct bytes *nodes, size_t count)
{
	struct bytes value = bytes_view(NULL, 0);
	struct hash root = keccak256(nodes[0]);
	struct eth_account account;
	struct address address = { { 0 } };
	struct u256 word;

	if (trie_proof_look_up(&value, &root, key, nodes, count) ==
		    TRIE_PROOF_PRESENT &&
	    (value.len == 0 || !is_inside(value, nodes, count)))
		abort();
	root.bytes[7] ^= 1;
	if (trie_proof_look_up(&value, &root, key, nodes, count) !=
	    TRIE_PROOF_BROKEN)
		abort();
	root.bytes[7] ^= 1;
	if (trie_proof_account(&account, &root, &address, nodes, count) ==
		    TRIE_PROOF_ABSENT &&
	    account.nonce != 0)
		abort();
	if (trie_proof_storage(&word, &root, &root, nodes, count) !=
		    TRIE_PROOF_PRESENT &&
	    !u256_is_zero(word))
		abort();
	if (trie_proof_list_item(&value, &root, key.len, nodes, count) ==
		    TRIE_PROOF_PRESENT &&
	    !is_inside(value, nodes, count))
		abort();
}

/* Puts the hash of each node where the seed's node before it had a hash. */
static void mend(uint8_t *data, const struct bytes *nodes, size_t count)
{
	for (size_t i = count - 1; i > 0; i--) {
		struct hash hash = keccak256(nodes[i]);
		size_t place = (size_t)(nodes[i - 1].data - data);

		if (nodes[i - 1].len < 40)
			continue;
		/* Some place of 32 bytes that is not always the same. */
		place += 1 + hash.bytes[0] % (nodes[i - 1].len - 33);
		if (data[place - 1] == 0xa0)
			memcpy(data + place, hash.bytes, sizeof(hash.bytes));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes nodes[TRIE_PROOF_MAX_NODES];
	struct rlp_item whole;
	size_t count = 0;
	uint8_t *copy = malloc(size + 1);

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	if (rlp_item_read(&whole, bytes_view(copy, size))) {
		struct rlp_reader reader = rlp_reader_into(&whole);
		struct bytes key = rlp_reader_next(&reader).payload;

		while (rlp_reader_has_more(&reader) &&
		       count < TRIE_PROOF_MAX_NODES)
			nodes[count++] = rlp_reader_next(&reader).payload;
		if (rlp_reader_ok(&reader) && count > 0 && key.len <= 32) {
			if (size % 2 == 0)
				mend(copy, nodes, count);
			walk(key, nodes, count);
		}
	}
	free(copy);
	return 0;
}
