/* SPDX-License-Identifier: MIT */
#include "tests/unit/watcher/flights.h"

#include <assert.h>
#include <string.h>

#include "common/chain/deposit.h"
#include "common/chain/priority.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/eip712.h"
#include "common/keys/secret.h"

struct secret secret_of_letter(char letter)
{
	struct secret secret;

	memset(secret.bytes, letter, sizeof(secret.bytes));
	return secret;
}

/* Each is computed once: long walks ask for them all the time. */
struct address account_of_letter(char letter)
{
	static struct address accounts[128];
	struct address *account = &accounts[(unsigned char)letter % 128];

	if (address_is_zero(account)) {
		struct secret secret = secret_of_letter(letter);

		*account = secret_address(&secret);
	}
	return *account;
}

struct token token_of_letter(char letter)
{
	struct token token = TOKEN_ETH;

	if (letter != 'E')
		memset(token.address.bytes, letter, 20);
	return token;
}

struct hash flight_domain(void)
{
	struct address framework;

	memset(framework.bytes, 0xf0, sizeof(framework.bytes));
	return eip712_domain_separator(&framework);
}

struct output output_for(char owner, char token, uint64_t units)
{
	struct output output = {
		.type = PROTOCOL_OUTPUT_TYPE_PAYMENT,
		.owner = account_of_letter(owner),
		.token = token_of_letter(token),
		.amount = amount_of(units),
	};

	return output;
}

struct position place_at(uint64_t blknum, uint32_t txindex, uint32_t oindex)
{
	struct position position;
	bool made = position_make(&position, blknum, txindex, oindex);

	assert(made);
	return position;
}

/* The transaction that made a coin. */
static void make_source(struct payment *out, size_t i,
			const struct spent_coin *coin)
{
	struct transaction source = { .type = PROTOCOL_TX_TYPE_PAYMENT };
	struct writer writer =
		writer_of(out->sources[i], sizeof(out->sources[i]));
	uint32_t oindex = position_oindex(coin->position);

	if (!blknum_is_deposit(position_blknum(coin->position))) {
		source.inputs[source.input_count++] = place_at(1, 0, 0);
		while (source.output_count < oindex)
			source.outputs[source.output_count++] =
				output_for('Z', 'E', 1);
	}
	source.outputs[source.output_count++] =
		output_for(coin->owner, coin->token, coin->units);
	memcpy(source.metadata.bytes, &coin->position.packed,
	       sizeof(coin->position.packed));
	transaction_encode(&writer, &source);
	out->source_lens[i] = writer.len;
	out->spent[i] = source.outputs[source.output_count - 1];
}

void payment_make(struct payment *out, const struct spent_coin *coins,
		  size_t coin_count, const struct output *outputs,
		  size_t output_count, uint8_t tag)
{
	struct writer writer = writer_of(out->raw, sizeof(out->raw));
	struct hash domain = flight_domain();

	memset(&out->transaction, 0, sizeof(out->transaction));
	out->transaction.type = PROTOCOL_TX_TYPE_PAYMENT;
	out->transaction.metadata.bytes[31] = tag;
	for (size_t i = 0; i < coin_count; i++) {
		out->transaction.inputs[i] = coins[i].position;
		make_source(out, i, &coins[i]);
	}
	out->transaction.input_count = (uint8_t)coin_count;
	for (size_t i = 0; i < output_count; i++)
		out->transaction.outputs[i] = outputs[i];
	out->transaction.output_count = (uint8_t)output_count;
	transaction_encode(&writer, &out->transaction);
	out->raw_len = writer.len;
	out->hash = transaction_hash(payment_raw(out));
	struct hash digest = transaction_digest(&domain, &out->transaction);
	for (size_t i = 0; i < coin_count; i++) {
		struct secret secret = secret_of_letter(coins[i].owner);

		out->signatures[i] = signature_make(&secret, &digest);
	}
}

struct bytes payment_raw(const struct payment *payment)
{
	return bytes_view(payment->raw, payment->raw_len);
}

struct known_spend spend_by(const struct payment *payment, size_t input)
{
	struct known_spend spend = {
		.transaction_hash = payment->hash,
		.raw = payment_raw(payment),
		.input_index = (uint16_t)input,
		.witness = payment->signatures[input],
		.place = { .kind = BLOCK_PLACE_NONE },
	};

	return spend;
}

struct known_spend spend_at(const struct payment *payment, size_t input,
			    struct position position)
{
	struct known_spend spend = spend_by(payment, input);

	spend.place.kind = BLOCK_PLACE_KNOWN;
	spend.place.position = position;
	return spend;
}

struct known_spend spend_applied(const struct payment *payment, size_t input,
				 struct position position, uint64_t time)
{
	struct known_spend spend = spend_at(payment, input, position);

	spend.in_applied_block = true;
	spend.block_time = time;
	return spend;
}

struct in_flight_exit_started_event flight_event(const struct payment *payment,
						 char initiator)
{
	struct in_flight_exit_started_event event = {
		.initiator = account_of_letter(initiator),
		.transaction_hash = payment->hash,
		.in_flight_tx = payment_raw(payment),
		.input_count = payment->transaction.input_count,
	};

	for (size_t i = 0; i < event.input_count; i++) {
		event.input_positions[i] = payment->transaction.inputs[i];
		event.witnesses[i] = bytes_view(payment->signatures[i].bytes,
						SIGNATURE_SIZE);
		event.input_txs[i] = bytes_view(payment->sources[i],
						payment->source_lens[i]);
	}
	return event;
}

void flight_start(struct in_flight_exit *out, const struct payment *payment)
{
	struct in_flight_exit_started_event event = flight_event(payment, 'S');
	struct in_flight_terms terms = {
		.started_at = FLIGHT_START,
		.youngest_block_time = 1000,
		.exit_period = FLIGHT_PERIOD,
		.life = 1,
	};
	bool started = in_flight_exit_start(out, &event, &terms);

	assert(started);
}

/* ---- logs ---- */

void flight_queue(struct in_flight_exit *exit, uint64_t exitable_at)
{
	struct contract_event event = { .kind = CONTRACT_EVENT_EXIT_QUEUED };

	event.as.exit_queued.exit_id = exit->id;
	event.as.exit_queued.priority = priority_make(
		exitable_at, in_flight_exit_youngest(exit), &exit->id);
	in_flight_exit_apply(exit, &event, exitable_at - FLIGHT_PERIOD);
}

static void slot_log(struct in_flight_exit *exit, unsigned int slot,
		     enum contract_event_kind of_input,
		     enum contract_event_kind of_output, uint64_t time)
{
	struct contract_event event = { .kind = slot < IN_FLIGHT_OUTPUT_SLOT
							? of_input
							: of_output };

	event.as.in_flight_exit_slot.transaction_hash = exit->transaction_hash;
	event.as.in_flight_exit_slot.index =
		(uint16_t)(slot % IN_FLIGHT_OUTPUT_SLOT);
	in_flight_exit_apply(exit, &event, time);
}

void flight_piggyback(struct in_flight_exit *exit, unsigned int slot,
		      uint64_t time)
{
	slot_log(exit, slot, CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_PIGGYBACKED,
		 CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_PIGGYBACKED, time);
}

void flight_block(struct in_flight_exit *exit, unsigned int slot)
{
	slot_log(exit, slot, CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_BLOCKED,
		 CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_BLOCKED, 0);
}

void flight_challenge(struct in_flight_exit *exit, char challenger,
		      const struct position *position, uint64_t time)
{
	struct contract_event event = {
		.kind = CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGED
	};
	struct in_flight_exit_challenged_event *challenge =
		&event.as.in_flight_exit_challenged;

	memset(challenge, 0, sizeof(*challenge));
	challenge->transaction_hash = exit->transaction_hash;
	challenge->challenger = account_of_letter(challenger);
	challenge->competitor_included = position != NULL;
	if (position != NULL)
		challenge->competitor_position = *position;
	in_flight_exit_apply(exit, &event, time);
}

void flight_respond(struct in_flight_exit *exit, char responder,
		    struct position position)
{
	struct contract_event event = {
		.kind = CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGE_RESPONDED
	};
	struct in_flight_exit_challenge_responded_event *response =
		&event.as.in_flight_exit_challenge_responded;

	response->transaction_hash = exit->transaction_hash;
	response->challenger = account_of_letter(responder);
	response->position = position;
	in_flight_exit_apply(exit, &event, 0);
}

void flight_withdraw(struct in_flight_exit *exit, unsigned int slot)
{
	struct contract_event event = {
		.kind = slot < IN_FLIGHT_OUTPUT_SLOT
				? CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_WITHDRAWN
				: CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_WITHDRAWN
	};

	event.as.in_flight_exit_withdrawn.exit_id = exit->id;
	event.as.in_flight_exit_withdrawn.index =
		(uint16_t)(slot % IN_FLIGHT_OUTPUT_SLOT);
	in_flight_exit_apply(exit, &event, 0);
}
