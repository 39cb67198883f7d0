/* SPDX-License-Identifier: MIT */
#include "common/ethereum/eth_transaction.h"

#include <assert.h>
#include <string.h>

#include "common/codec/keccak256.h"
#include "common/codec/rlp_reader.h"
#include "common/codec/rlp_writer.h"
#include "common/keys/signer.h"

#define TRANSACTION_TYPE 2
#define ACCESS_LIST_LEN 1 /* an empty list */

static struct bytes recipient(const struct eth_transaction *tx)
{
	size_t len = tx->creates_contract ? 0 : sizeof(tx->to.bytes);
	return bytes_view(tx->to.bytes, len);
}

/* Length of the fields that the sender signs. */
static size_t fields_len(const struct eth_transaction *tx)
{
	return rlp_u64_len(tx->chain_id) + rlp_u64_len(tx->nonce) +
	       rlp_u256_len(tx->max_priority_fee_wei) +
	       rlp_u256_len(tx->max_fee_wei) + rlp_u64_len(tx->gas_limit) +
	       rlp_string_len(recipient(tx)) + rlp_u256_len(tx->value_wei) +
	       rlp_string_len(tx->data) + ACCESS_LIST_LEN;
}

static void put_fields(struct writer *out, const struct eth_transaction *tx)
{
	rlp_put_u64(out, tx->chain_id);
	rlp_put_u64(out, tx->nonce);
	rlp_put_u256(out, tx->max_priority_fee_wei);
	rlp_put_u256(out, tx->max_fee_wei);
	rlp_put_u64(out, tx->gas_limit);
	rlp_put_string(out, recipient(tx));
	rlp_put_u256(out, tx->value_wei);
	rlp_put_string(out, tx->data);
	rlp_put_list_header(out, 0);
}

/* The envelope without a signature if that is NULL. */
static void encode(struct growing_buffer *out, const struct eth_transaction *tx,
		   const struct eth_transaction_signature *signature)
{
	size_t payload = fields_len(tx);
	if (signature != NULL)
		payload += rlp_u64_len(signature->y_parity) +
			   rlp_u256_len(signature->r) +
			   rlp_u256_len(signature->s);
	size_t len = 1 + rlp_list_len(payload);
	uint8_t *room = growing_buffer_extend(out, len);
	if (room == NULL)
		return;
	struct writer writer = writer_of(room, len);
	writer_put_byte(&writer, TRANSACTION_TYPE);
	rlp_put_list_header(&writer, payload);
	put_fields(&writer, tx);
	if (signature != NULL) {
		rlp_put_u64(&writer, signature->y_parity);
		rlp_put_u256(&writer, signature->r);
		rlp_put_u256(&writer, signature->s);
	}
	assert(writer_ok(&writer) && writer.len == len);
}

struct hash eth_transaction_signing_hash(const struct eth_transaction *tx)
{
	/* Data of any length is hashed; it borrows no ceiling from the relay.
	 */
	struct growing_buffer buffer;
	growing_buffer_init(&buffer, tx->data.len + 1024);
	encode(&buffer, tx, NULL);
	assert(!buffer.overflowed);
	struct hash hash = keccak256(growing_buffer_view(&buffer));
	growing_buffer_clear(&buffer);
	return hash;
}

void eth_transaction_encode(struct growing_buffer *out,
			    const struct eth_transaction *tx,
			    const struct eth_transaction_signature *signature)
{
	encode(out, tx, signature);
}

/* Lets a service sign, and looks whether it signed what was asked for. */
static bool sign_by_service(struct growing_buffer *out,
			    const struct eth_transaction *tx,
			    const struct signer *signer, struct error *error)
{
	struct hash wanted = eth_transaction_signing_hash(tx);
	struct eth_transaction_signature signature;
	struct eth_transaction made;
	struct address sender;
	size_t before = out->len;

	if (!signer->sign_transaction(out, signer->context, tx, error))
		return false;
	struct bytes encoded =
		bytes_view(out->data + before, out->len - before);
	if (!out->overflowed &&
	    eth_transaction_decode(&made, &signature, encoded)) {
		struct hash signed_hash = eth_transaction_signing_hash(&made);

		if (hash_equal(&signed_hash, &wanted) &&
		    eth_transaction_sender(&sender, &made, &signature) &&
		    address_equal(&sender, &signer->address))
			return true;
	}
	out->len = before;
	return error_set(error, ERROR_PROTOCOL,
			 "the signer signed another root-chain transaction "
			 "than it was asked to, or as another account");
}

bool eth_transaction_sign(struct growing_buffer *out,
			  const struct eth_transaction *tx,
			  const struct signer *signer, struct error *error)
{
	struct hash hash = eth_transaction_signing_hash(tx);
	struct signature made;

	if (signer->sign_transaction != NULL)
		return sign_by_service(out, tx, signer, error);
	if (!signer_sign(&made, signer, &hash, error))
		return false;
	struct eth_transaction_signature signature = {
		.y_parity = (uint8_t)(made.bytes[64] - 27),
		.r = u256_from_be(made.bytes),
		.s = u256_from_be(made.bytes + 32),
	};
	encode(out, tx, &signature);
	if (out->overflowed)
		return error_set(error, ERROR_BAD_INPUT,
				 "the root-chain transaction is longer than "
				 "%zu bytes",
				 out->ceiling);
	return true;
}

struct hash eth_transaction_hash(struct bytes encoded)
{
	return keccak256(encoded);
}

/* The next item as a number of at most 64 or 256 bits, or as data. */
static bool take_u64(uint64_t *out, struct rlp_reader *reader)
{
	struct rlp_item item = rlp_reader_next(reader);
	return rlp_reader_ok(reader) && rlp_item_to_u64(out, &item);
}

static bool take_u256(struct u256 *out, struct rlp_reader *reader)
{
	struct rlp_item item = rlp_reader_next(reader);
	return rlp_reader_ok(reader) && rlp_item_to_u256(out, &item);
}

static bool take_recipient(struct eth_transaction *tx,
			   struct rlp_reader *reader)
{
	struct rlp_item item = rlp_reader_next(reader);
	tx->creates_contract = !item.is_list && item.payload.len == 0;
	return rlp_reader_ok(reader) &&
	       (tx->creates_contract || rlp_item_to_address(&tx->to, &item));
}

static bool take_data(struct bytes *out, struct rlp_reader *reader)
{
	struct rlp_item item = rlp_reader_next(reader);
	*out = item.payload;
	return rlp_reader_ok(reader) && !item.is_list;
}

static bool take_empty_list(struct rlp_reader *reader)
{
	struct rlp_item item = rlp_reader_next(reader);
	return rlp_reader_ok(reader) && item.is_list && item.payload.len == 0;
}

bool eth_transaction_decode(struct eth_transaction *tx,
			    struct eth_transaction_signature *signature,
			    struct bytes encoded)
{
	struct rlp_item whole;
	uint64_t y_parity;
	*tx = (struct eth_transaction){ 0 };
	if (encoded.len < 2 || encoded.data[0] != TRANSACTION_TYPE ||
	    !rlp_item_read(&whole,
			   bytes_view(encoded.data + 1, encoded.len - 1)))
		return false;
	struct rlp_reader reader = rlp_reader_into(&whole);
	if (!take_u64(&tx->chain_id, &reader) ||
	    !take_u64(&tx->nonce, &reader) ||
	    !take_u256(&tx->max_priority_fee_wei, &reader) ||
	    !take_u256(&tx->max_fee_wei, &reader) ||
	    !take_u64(&tx->gas_limit, &reader) ||
	    !take_recipient(tx, &reader) ||
	    !take_u256(&tx->value_wei, &reader) ||
	    !take_data(&tx->data, &reader) || !take_empty_list(&reader) ||
	    !take_u64(&y_parity, &reader) || y_parity > 1 ||
	    !take_u256(&signature->r, &reader) ||
	    !take_u256(&signature->s, &reader) || !rlp_reader_finished(&reader))
		return false;
	signature->y_parity = (uint8_t)y_parity;
	return true;
}

/* How many fields stand before the recipient; false for types that are not
 * listed. The envelope's byte of the type goes. */
static bool find_recipient(size_t *before, struct bytes *list)
{
	uint8_t first = list->len == 0 ? 0 : list->data[0];

	if (first >= 0xc0) { /* nonce, gas price, gas limit */
		*before = 3;
		return true;
	}
	if (first < 1 || first > 4)
		return false;
	/* Chain id, nonce, one gas price or two, gas limit. */
	*before = first == 1 ? 4 : 5;
	*list = bytes_view(list->data + 1, list->len - 1);
	return true;
}

bool eth_transaction_read_call(struct address *to, struct bytes *input,
			       struct bytes encoded)
{
	struct rlp_item whole;
	size_t before;

	if (!find_recipient(&before, &encoded) ||
	    !rlp_item_read(&whole, encoded) || !whole.is_list)
		return false;
	struct rlp_reader reader = rlp_reader_into(&whole);
	for (size_t i = 0; i < before; i++)
		(void)rlp_reader_next(&reader); /* a failure stays in it */
	struct rlp_item recipient = rlp_reader_next(&reader);
	struct rlp_item value = rlp_reader_next(&reader);
	return !value.is_list && take_data(input, &reader) &&
	       rlp_item_to_address(to, &recipient);
}

bool eth_transaction_sender(struct address *out,
			    const struct eth_transaction *tx,
			    const struct eth_transaction_signature *signature)
{
	struct signature flat;
	u256_to_be(flat.bytes, signature->r);
	u256_to_be(flat.bytes + 32, signature->s);
	flat.bytes[64] = (uint8_t)(27 + signature->y_parity);
	struct hash hash = eth_transaction_signing_hash(tx);
	return signature_recover(out, &flat, &hash);
}
