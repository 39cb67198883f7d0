/* SPDX-License-Identifier: MIT */
#include "watcher/in_flight_api.h"

#include <string.h>

#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/eip712.h"
#include "common/service/omg_answer.h"
#include "watcher/exit_case_store.h"
#include "watcher/inclusion_store.h"
#include "watcher/row_api.h"

#define ARENA_CEILING ((size_t)256 << 20)

/* ---- what all of them need ---- */

/* One in-flight transaction that a call is about. */
struct subject {
	struct call *call;
	struct arena arena;
	struct growing_buffer given; /* bytes as they came */
	struct growing_buffer buffer;
	struct bytes raw;
	struct transaction transaction;
	struct hash hash;
	struct bytes signatures; /* payload of the list; empty: came unsigned */
	struct known_sources sources;
	/* Of an exit that is alive: */
	struct recorded_in_flight_exit recorded;
	struct in_flight_exit_case one;
};

static void subject_init(struct subject *subject, struct call *call)
{
	memset(subject, 0, sizeof(*subject));
	subject->call = call;
	arena_init(&subject->arena, ARENA_CEILING);
	growing_buffer_init(&subject->given, PROTOCOL_MAX_SIGNED_SIZE);
	growing_buffer_init(&subject->buffer, PROTOCOL_MAX_SIGNED_SIZE);
	subject->sources = (struct known_sources){
		.database = call->database,
		.bodies = call->bodies,
		.domain = eip712_domain_separator(
			&call->network->plasma_framework),
	};
}

static void subject_clear(struct subject *subject)
{
	arena_clear(&subject->arena);
	growing_buffer_clear(&subject->given);
	growing_buffer_clear(&subject->buffer);
}

/* Cuts the signed form, if it is one. */
static void cut_signed(struct subject *subject)
{
	struct bytes given = growing_buffer_view(&subject->given);
	struct transaction_frame frame;

	subject->raw = given;
	if (transaction_decode(&subject->transaction, given) == VERDICT_VALID ||
	    transaction_frame_read(&frame, given) != VERDICT_VALID)
		return;
	size_t len = transaction_frame_raw_len(&frame);
	uint8_t *at = growing_buffer_extend(&subject->buffer, len);
	if (at == NULL)
		return;
	struct writer writer = writer_of(at, len);
	transaction_frame_write_raw(&writer, &frame);
	subject->raw = writer_view(&writer);
	subject->signatures = frame.signatures;
}

/* Reads `txbytes`, signed or not. */
static bool read_subject(struct subject *subject)
{
	if (!call_data(subject->call, &subject->given, "txbytes"))
		return false;
	cut_signed(subject);
	if (transaction_decode(&subject->transaction, subject->raw) !=
		    VERDICT_VALID ||
	    subject->transaction.type != PROTOCOL_TX_TYPE_PAYMENT)
		return call_refuse(subject->call, "operation:bad_request",
				   "txbytes: no payment");
	subject->hash = transaction_hash(subject->raw);
	return true;
}

/* Finds the exit that is alive and what is known against it. */
static bool find_exit(struct subject *subject)
{
	struct call *call = subject->call;
	struct exit_id id = exit_id_in_flight(subject->raw);
	struct exit_turn turn;
	bool found;

	if (!inflight_store_newest(call->database, &found, &subject->recorded,
				   &id, call->network->min_exit_period,
				   &call->error))
		return false;
	if (!found || !in_flight_exit_is_live(&subject->recorded.exit))
		return call_refuse(call, "in_flight_exit:not_found",
				   "no in-flight exit of this transaction is "
				   "alive");
	memset(&turn, 0, sizeof(turn));
	turn.database = call->database;
	turn.bodies = call->bodies;
	turn.sources = subject->sources;
	turn.world.has_extensions = call->network->extensions != 0;
	turn.arena = &subject->arena;
	return exit_case_store_in_flight(&turn, &subject->one,
					 &subject->recorded, &call->error);
}

static void put_hex(struct subject *subject, const char *key,
		    struct bytes bytes)
{
	(void)growing_buffer_format(subject->call->out, "\"%s\":", key);
	omg_answer_put_hex(subject->call->out, bytes);
}

static void put_position(struct subject *subject, const char *key,
			 struct position position)
{
	(void)growing_buffer_format(subject->call->out, ",\"%s\":", key);
	omg_answer_put_u256(subject->call->out, position_to_u256(position));
}

static void put(struct subject *subject, const char *text)
{
	(void)growing_buffer_put(subject->call->out, bytes_of_string(text));
}

/* Reads the transaction at a position with its proof. Clear it in any case. */
static bool include(struct subject *subject, struct inclusion *inclusion,
		    struct position position)
{
	struct call *call = subject->call;
	bool found;

	if (!inclusion_store_find(call->bodies, &found, inclusion,
				  call->database, position, &call->error))
		return false;
	return found || call_refuse(call, "in_flight_exit:input_unknown",
				    "the bytes of a transaction that is needed "
				    "are not here");
}

/* Runs what answers between reading and clearing the subject. */
static bool answer(struct call *call, bool needs_exit,
		   bool (*put_answer)(struct subject *subject))
{
	struct subject subject;

	subject_init(&subject, call);
	bool ok = read_subject(&subject) &&
		  (!needs_exit || find_exit(&subject)) && put_answer(&subject);
	subject_clear(&subject);
	return ok;
}

/* ---- in_flight_exit.get_data ---- */

/* Reads the list of signatures of a signed form or a body. */
static bool read_signatures(struct subject *subject,
			    struct signature out[PROTOCOL_MAX_INPUTS],
			    struct bytes list)
{
	return transaction_read_signatures(out, &subject->transaction, list) ==
		       VERDICT_VALID ||
	       call_refuse(subject->call, "operation:bad_request",
			   "txbytes: the signatures are wrong");
}

/* Those in the block that holds the transaction; `found` false if none does. */
static bool find_included(struct subject *subject, bool *found,
			  struct signature out[PROTOCOL_MAX_INPUTS])
{
	struct known_inclusion known;
	struct inclusion inclusion;

	*found = false;
	if (!known_store_inclusion(&subject->sources, &known,
				   &subject->transaction, &subject->hash,
				   &subject->call->error))
		return false;
	if (known.place.kind == BLOCK_PLACE_NONE)
		return true;
	bool ok = include(subject, &inclusion, known.place.position) &&
		  read_signatures(subject, out, inclusion.signatures);
	inclusion_clear(&inclusion);
	*found = ok;
	return ok;
}

/* Those that were seen outside of applied blocks, in any order. */
static bool find_known(struct subject *subject,
		       struct signature out[PROTOCOL_MAX_INPUTS])
{
	struct call *call = subject->call;

	for (unsigned int i = 0; i < subject->transaction.input_count; i++) {
		struct watched_coin coin;
		bool found;

		if (!watcher_store_coin(call->database, &found, &coin,
					subject->transaction.inputs[i],
					&call->error) ||
		    (found &&
		     !known_store_witness(&subject->sources, &found, &out[i],
					  &subject->transaction, &subject->hash,
					  &coin.output.owner, &call->error)))
			return false;
		if (!found)
			return call_refuse(call, "operation:bad_request",
					   "txbytes: signatures are needed");
	}
	return true;
}

/* One signature for each input: those that came along, or those we know. */
static bool find_signatures(struct subject *subject,
			    struct signature out[PROTOCOL_MAX_INPUTS])
{
	bool found;

	if (subject->signatures.len > 0)
		return read_signatures(subject, out, subject->signatures);
	return find_included(subject, &found, out) &&
	       (found || find_known(subject, out));
}

enum input_part { INPUT_TX, INPUT_POSITION, INPUT_PROOF };

/* One list with an entry for each input. */
static bool put_inputs(struct subject *subject, const char *key,
		       enum input_part part)
{
	const struct transaction *transaction = &subject->transaction;
	struct growing_buffer *out = subject->call->out;
	bool ok = true;

	(void)growing_buffer_format(out, ",\"%s\":[", key);
	for (unsigned int i = 0; i < transaction->input_count && ok; i++) {
		struct position position = transaction->inputs[i];
		struct inclusion inclusion;

		put(subject, i == 0 ? "" : ",");
		if (part == INPUT_POSITION) {
			omg_answer_put_u256(out, position_to_u256(position));
			continue;
		}
		ok = include(subject, &inclusion, position);
		if (ok)
			omg_answer_put_hex(
				out, part == INPUT_TX
					     ? inclusion.raw
					     : bytes_view(inclusion.proof,
							  PROTOCOL_PROOF_SIZE));
		inclusion_clear(&inclusion);
	}
	put(subject, "]");
	return ok;
}

static bool put_data(struct subject *subject)
{
	struct signature signatures[PROTOCOL_MAX_INPUTS];

	if (!find_signatures(subject, signatures))
		return false;
	put(subject, "{");
	put_hex(subject, "in_flight_tx", subject->raw);
	if (!put_inputs(subject, "input_txs", INPUT_TX) ||
	    !put_inputs(subject, "input_utxos_pos", INPUT_POSITION) ||
	    !put_inputs(subject, "input_txs_inclusion_proofs", INPUT_PROOF))
		return false;
	put(subject, ",\"in_flight_tx_sigs\":[");
	for (unsigned int i = 0; i < subject->transaction.input_count; i++) {
		put(subject, i == 0 ? "" : ",");
		omg_answer_put_hex(
			subject->call->out,
			bytes_view(signatures[i].bytes, SIGNATURE_SIZE));
	}
	put(subject, "]}");
	return true;
}

bool in_flight_api_data(struct call *call)
{
	return answer(call, false, put_data);
}

/* ---- challenges ---- */

static void put_spend(struct subject *subject, const char *name,
		      const struct known_spend *spend)
{
	struct growing_buffer *out = subject->call->out;

	(void)growing_buffer_format(out, ",\"%s_txbytes\":", name);
	omg_answer_put_hex(out, spend->raw);
	(void)growing_buffer_format(out,
				    ",\"%s_input_index\":%u,\"%s_sig\":", name,
				    spend->input_index, name);
	omg_answer_put_hex(out,
			   bytes_view(spend->witness.bytes, SIGNATURE_SIZE));
}

/* The transaction that made an input of the in-flight transaction. */
static bool put_input_tx(struct subject *subject, unsigned int input)
{
	struct position position = subject->transaction.inputs[input];
	struct inclusion inclusion;
	bool ok = include(subject, &inclusion, position);

	if (ok) {
		put(subject, ",");
		put_hex(subject, "input_tx", inclusion.raw);
		put_position(subject, "input_utxo_pos", position);
	}
	inclusion_clear(&inclusion);
	return ok;
}

/* Where the competitor stands and its proof; 0 and no bytes: in no block. */
static bool put_competitor_place(struct subject *subject,
				 const struct known_spend *spend)
{
	struct inclusion inclusion;

	if (spend->place.kind == BLOCK_PLACE_NONE) {
		put(subject,
		    ",\"competing_tx_pos\":0,\"competing_proof\":\"0x\"");
		return true;
	}
	bool ok = include(subject, &inclusion, spend->place.position);
	if (ok) {
		put_position(subject, "competing_tx_pos",
			     spend->place.position);
		put(subject, ",");
		put_hex(subject, "competing_proof",
			bytes_view(inclusion.proof, PROTOCOL_PROOF_SIZE));
	}
	inclusion_clear(&inclusion);
	return ok;
}

static bool put_competitor(struct subject *subject)
{
	unsigned int input = 0;
	const struct known_spend *spend =
		exit_processor_competitor(&subject->one, &input);

	if (spend == NULL)
		return call_refuse(subject->call,
				   "in_flight_exit:competitor_not_found",
				   "no competitor that would win is known");
	put(subject, "{");
	put_hex(subject, "in_flight_txbytes", subject->raw);
	(void)growing_buffer_format(subject->call->out,
				    ",\"in_flight_input_index\":%u", input);
	put_spend(subject, "competing", spend);
	if (!put_competitor_place(subject, spend) ||
	    !put_input_tx(subject, input))
		return false;
	put(subject, "}");
	return true;
}

bool in_flight_api_competitor(struct call *call)
{
	return answer(call, true, put_competitor);
}

/* Where the in-flight transaction itself stands, of output `oindex`. */
static bool put_place(struct subject *subject, const char *key,
		      const struct block_place *place, unsigned int oindex)
{
	struct inclusion inclusion;
	struct position position;

	if (place->kind == BLOCK_PLACE_NONE ||
	    !position_make(&position, position_blknum(place->position),
			   position_txindex(place->position), oindex))
		return call_refuse(subject->call, "in_flight_exit:not_included",
				   "the transaction is in no known block");
	bool ok = include(subject, &inclusion, position);
	if (ok) {
		put_position(subject, key, position);
		put(subject, ",");
		put_hex(subject, "in_flight_proof",
			bytes_view(inclusion.proof, PROTOCOL_PROOF_SIZE));
	}
	inclusion_clear(&inclusion);
	return ok;
}

static bool put_proof(struct subject *subject)
{
	struct known_inclusion inclusion;

	if (!known_store_inclusion(&subject->sources, &inclusion,
				   &subject->transaction, &subject->hash,
				   &subject->call->error))
		return false;
	put(subject, "{");
	put_hex(subject, "in_flight_txbytes", subject->raw);
	if (!put_place(subject, "in_flight_tx_pos", &inclusion.place, 0))
		return false;
	put(subject, "}");
	return true;
}

bool in_flight_api_prove(struct call *call)
{
	return answer(call, false, put_proof);
}

/* What spends a slot besides the in-flight transaction itself. */
static const struct known_spend *find_spend(struct subject *subject,
					    unsigned int slot)
{
	const struct known_spend *spend =
		known_spend_best(&subject->one.spends[slot], &subject->hash);

	if (spend == NULL)
		(void)call_refuse(subject->call, "in_flight_exit:not_spent",
				  "nobody is known to spend it");
	return spend;
}

static bool put_input_challenge(struct subject *subject)
{
	uint64_t input;

	if (!call_index(subject->call, &input, "input_index",
			PROTOCOL_MAX_INPUTS - 1))
		return false;
	if (input >= subject->transaction.input_count)
		return call_refuse(subject->call, "operation:bad_request",
				   "input_index: there is no such input");
	const struct known_spend *spend =
		find_spend(subject, (unsigned int)input);
	if (spend == NULL)
		return false;
	put(subject, "{");
	put_hex(subject, "in_flight_txbytes", subject->raw);
	(void)growing_buffer_format(subject->call->out,
				    ",\"in_flight_input_index\":%u",
				    (unsigned int)input);
	put_spend(subject, "spending", spend);
	if (!put_input_tx(subject, (unsigned int)input))
		return false;
	put(subject, "}");
	return true;
}

bool in_flight_api_input_challenge(struct call *call)
{
	return answer(call, true, put_input_challenge);
}

static bool put_output_challenge(struct subject *subject)
{
	uint64_t output;

	if (!call_index(subject->call, &output, "output_index",
			PROTOCOL_MAX_OUTPUTS - 1))
		return false;
	if (output >= subject->transaction.output_count)
		return call_refuse(subject->call, "operation:bad_request",
				   "output_index: there is no such output");
	const struct known_spend *spend = find_spend(
		subject, IN_FLIGHT_OUTPUT_SLOT + (unsigned int)output);
	if (spend == NULL)
		return false;
	put(subject, "{");
	put_hex(subject, "in_flight_txbytes", subject->raw);
	if (!put_place(subject, "in_flight_output_pos", &subject->one.place,
		       (unsigned int)output))
		return false;
	put_spend(subject, "spending", spend);
	put(subject, "}");
	return true;
}

bool in_flight_api_output_challenge(struct call *call)
{
	return answer(call, true, put_output_challenge);
}
