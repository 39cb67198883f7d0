/* SPDX-License-Identifier: MIT */

/*
 * bench-operator-load: payments for a running operator, over real HTTP. Reads
 * one command per line and answers each with one line of JSON:
 *
 *	init PORT FRAMEWORK SEED BLKNUM BLOCK_PAYMENTS	the owner's address
 *	port PORT			another life of the operator
 *	coin BLKNUM AMOUNT		the deposit that everything comes from
 *	split COUNT			splits the next coins by five, in order
 *	prepare COUNT			signs payments of the next coins
 *	bulk CHUNK CONNECTIONS		sends them by POST /transactions
 *	single CONNECTIONS RATE FROM	by transaction.submit; RATE 0: at once
 *	flood CONNECTIONS RATE FROM PERCENT	broken ones, so many percent of
 *					which are refusable before recovery
 *	checkpoint DIR FRAMEWORK COUNT	a checkpoint of so many coins
 */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/keys/address.h"
#include "operator/checkpoint_store.h"
#include "tests/bench/load_client.h"
#include "tests/bench/load_payments.h"

#define SPLIT_CHUNK 1000
#define SECOND_NS UINT64_C(1000000000)

static struct load_payments load;
static struct load_bytes prepared;
static size_t prepared_first; /* of those that were not sent yet */
static uint16_t port;

/* ---- the words of a command ---- */

static const char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \n");
	size_t len = strcspn(word, " \n");

	*rest = word + len;
	if (word[len] != '\0') {
		word[len] = '\0';
		*rest += 1;
	}
	return word;
}

static uint64_t next_number(char **rest)
{
	return strtoull(next_word(rest), NULL, 10);
}

/* ---- requests ---- */

struct requests {
	struct growing_buffer bytes;
	size_t *ends;
	struct load_request *list;
	struct load_result *results;
	size_t count;
};

static void requests_begin(struct requests *requests, size_t capacity)
{
	growing_buffer_init(&requests->bytes, SIZE_MAX / 2);
	requests->ends = memory_new(capacity + 1, sizeof(*requests->ends));
	requests->list = memory_new(capacity + 1, sizeof(*requests->list));
	requests->results =
		memory_new(capacity + 1, sizeof(*requests->results));
	requests->count = 0;
}

static void requests_close(struct requests *requests)
{
	requests->ends[requests->count++] = requests->bytes.len;
}

/* Only now do the bytes stay where they are. */
static void requests_finish(struct requests *requests, uint64_t rate)
{
	uint64_t start = load_client_now() + SECOND_NS / 10;
	size_t at = 0;

	for (size_t i = 0; i < requests->count; i++) {
		requests->list[i].bytes = bytes_view(requests->bytes.data + at,
						     requests->ends[i] - at);
		requests->list[i].due_ns =
			rate == 0 ? 0 : start + i * SECOND_NS / rate;
		at = requests->ends[i];
	}
}

static void requests_clear(struct requests *requests)
{
	growing_buffer_clear(&requests->bytes);
	memory_free(requests->ends);
	memory_free(requests->list);
	memory_free(requests->results);
}

static void put_bulk(struct requests *requests, struct bytes payments)
{
	(void)growing_buffer_format(&requests->bytes,
				    "POST /transactions HTTP/1.1\r\nHost: x\r\n"
				    "Content-Type: application/octet-stream\r\n"
				    "Content-Length: %zu\r\n\r\n",
				    payments.len);
	(void)growing_buffer_put(&requests->bytes, payments);
	requests_close(requests);
}

static void put_single(struct requests *requests, struct bytes payment)
{
	static const char head[] = "{\"transaction\":\"0x";
	static const char tail[] = "\",\"jsonrpc\":\"2.0\",\"id\":0}";
	size_t len = sizeof(head) - 1 + 2 * payment.len + sizeof(tail) - 1;

	(void)growing_buffer_format(
		&requests->bytes,
		"POST /transaction.submit HTTP/1.1\r\nHost: x\r\n"
		"Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n"
		"%s",
		len, head);
	uint8_t *hex =
		growing_buffer_extend(&requests->bytes, 2 * payment.len + 1);
	hex_encode_bare((char *)hex, payment);
	requests->bytes.len--; /* the zero byte */
	(void)growing_buffer_format(&requests->bytes, "%s", tail);
	requests_close(requests);
}

static struct bytes payments_between(const struct load_bytes *all, size_t first,
				     size_t end)
{
	return bytes_view(all->bytes.data + all->starts[first],
			  all->starts[end] - all->starts[first]);
}

static void put_chunks(struct requests *requests, const struct load_bytes *all,
		       size_t first, size_t count, size_t chunk)
{
	requests_begin(requests, count / chunk + 1);
	for (size_t at = first; at < first + count; at += chunk) {
		size_t end =
			at + chunk < first + count ? at + chunk : first + count;

		put_bulk(requests, payments_between(all, at, end));
	}
	requests_finish(requests, 0);
}

/* ---- figures ---- */

static int compare_numbers(const void *a, const void *b)
{
	const uint64_t *first = a;
	const uint64_t *second = b;

	return *first < *second ? -1 : *first > *second ? 1 : 0;
}

static double percentile_ms(const uint64_t *sorted, size_t count,
			    double percent)
{
	size_t index = (size_t)((double)count * percent / 100);

	if (count == 0)
		return 0;
	return (double)sorted[index < count ? index : count - 1] / 1e6;
}

static uint64_t *sorted_new(const struct requests *requests, bool gaps)
{
	uint64_t *list = memory_new(requests->count + 1, sizeof(*list));

	for (size_t i = 0; i < requests->count; i++)
		list[i] = gaps ? requests->results[i].answered_ns
			       : requests->results[i].answered_ns -
					  requests->results[i].sent_ns;
	qsort(list, requests->count, sizeof(*list), compare_numbers);
	return list;
}

/* The longest time in which nothing was answered. */
static double longest_gap_ms(const struct requests *requests)
{
	uint64_t *ends = sorted_new(requests, true);
	uint64_t longest = 0;

	for (size_t i = 1; i < requests->count; i++) {
		if (ends[i] - ends[i - 1] > longest)
			longest = ends[i] - ends[i - 1];
	}
	memory_free(ends);
	return (double)longest / 1e6;
}

static void report(const struct requests *requests, uint64_t began_ns)
{
	uint64_t *latencies = sorted_new(requests, false);
	uint64_t good = 0;
	uint64_t bad = 0;
	uint64_t ended_ns = began_ns;

	for (size_t i = 0; i < requests->count; i++) {
		good += requests->results[i].good;
		bad += requests->results[i].bad;
		if (requests->results[i].answered_ns > ended_ns)
			ended_ns = requests->results[i].answered_ns;
	}
	printf("{\"good\":%llu,\"bad\":%llu,\"wall_s\":%.6f,\"p50_ms\":%.3f,"
	       "\"p99_ms\":%.3f,\"max_ms\":%.3f,\"max_gap_ms\":%.3f}\n",
	       (unsigned long long)good, (unsigned long long)bad,
	       (double)(ended_ns - began_ns) / 1e9,
	       percentile_ms(latencies, requests->count, 50),
	       percentile_ms(latencies, requests->count, 99),
	       percentile_ms(latencies, requests->count, 100),
	       longest_gap_ms(requests));
	memory_free(latencies);
}

static void send_all(struct requests *requests, size_t connections,
		     uint8_t from)
{
	if (!load_client_run(requests->results, requests->list, requests->count,
			     port, connections, from)) {
		fprintf(stderr, "the operator went away\n");
		exit(69);
	}
}

static void send_and_report(struct requests *requests, size_t connections,
			    uint8_t from)
{
	uint64_t began_ns = load_client_now();

	if (requests->list[0].due_ns > began_ns)
		began_ns = requests->list[0].due_ns;
	send_all(requests, connections, from);
	report(requests, began_ns);
	requests_clear(requests);
}

/* ---- the commands ---- */

static void run_init(char **rest)
{
	struct address framework;
	char text[HEX_SIZE(20)];

	port = (uint16_t)next_number(rest);
	const char *word = next_word(rest);
	bool parsed = address_parse(&framework, word, strlen(word));
	assert(parsed);
	uint64_t seed = next_number(rest);
	uint64_t blknum = next_number(rest);
	load_payments_init(&load, seed, &framework, blknum, next_number(rest));
	hex_encode(text, bytes_view(load.owner.bytes, 20));
	printf("{\"owner\":\"%s\",\"key\":\"", text);
	for (size_t i = 0; i < 32; i++)
		printf("%02x", load.secret.bytes[i]);
	printf("\"}\n");
}

static void run_coin(char **rest)
{
	uint64_t blknum = next_number(rest);
	struct position position;
	bool made = position_make(&position, blknum, 0, 0);

	assert(made);
	load_payments_add(&load, position, next_number(rest));
	printf("{}\n");
}

/* One connection: the order is what the places follow from. */
static void run_split(char **rest)
{
	struct load_bytes bytes;
	struct requests requests;

	load_payments_split(&load, &bytes, next_number(rest));
	put_chunks(&requests, &bytes, 0, bytes.count, SPLIT_CHUNK);
	send_and_report(&requests, 1, 1);
	load_bytes_clear(&bytes);
}

static void run_prepare(char **rest)
{
	size_t count = next_number(rest);

	load_bytes_clear(&prepared);
	load_payments_pay(&load, &prepared, load.spent_count, count);
	load.spent_count += count;
	prepared_first = 0;
	printf("{\"prepared\":%zu}\n", count);
}

static void run_bulk(char **rest)
{
	size_t chunk = next_number(rest);
	struct requests requests;

	put_chunks(&requests, &prepared, prepared_first,
		   prepared.count - prepared_first, chunk);
	prepared_first = prepared.count;
	send_and_report(&requests, next_number(rest), 1);
}

/* Takes the next `count` prepared payments as single ones. */
static void take_singles(struct requests *requests, size_t count, uint64_t rate)
{
	requests_begin(requests, count);
	for (size_t i = 0; i < count; i++)
		put_single(requests,
			   load_bytes_at(&prepared, prepared_first++));
	requests_finish(requests, rate);
}

static void run_single(char **rest)
{
	size_t connections = next_number(rest);
	uint64_t rate = next_number(rest);
	struct requests requests;

	take_singles(&requests, prepared.count - prepared_first, rate);
	send_and_report(&requests, connections, (uint8_t)next_number(rest));
}

/* Moves a position a million blocks on, where nobody has a coin. */
static void move_position(uint8_t number[8])
{
	uint64_t packed = 0;

	for (size_t i = 0; i < 8; i++)
		packed = packed << 8 | number[i];
	packed += UINT64_C(1000000) * 1000000000;
	for (size_t i = 8; i-- > 0; packed >>= 8)
		number[i] = (uint8_t)packed;
}

/* Takes prepared payments and breaks them: the input is one that nobody has,
 * or, for those that cost a recovery, the signature is another's. */
static void run_flood(char **rest)
{
	size_t connections = next_number(rest);
	uint64_t rate = next_number(rest);
	uint8_t from = (uint8_t)next_number(rest);
	uint64_t percent = next_number(rest);
	size_t count = prepared.count - prepared_first;
	struct requests requests;

	requests_begin(&requests, count);
	for (size_t i = 0; i < count; i++) {
		size_t index = prepared_first++;
		struct bytes good = load_bytes_at(&prepared, index);
		uint8_t bad[1024];

		memcpy(bad, good.data, good.len);
		/* Headers of three lists, type 1, list of inputs: its input. */
		if (i % 100 < percent)
			move_position(&bad[3 + 2 + 67 + 1 + 2 + 24]);
		else
			bad[3 + 2 + 2 + 20] ^= 1;
		put_single(&requests, bytes_view(bad, good.len));
	}
	requests_finish(&requests, rate);
	send_and_report(&requests, connections, from);
}

/* The coins in the order of a ledger, as the operator writes them. */
static bool write_coins(const char *folder, const struct checkpoint_head *head)
{
	struct output output = { .type = 1, .owner = load.owner };
	struct ledger *ledger = ledger_new();
	struct checkpoint_writer *writer;
	struct position position;
	enum coin_state state;
	struct error error;
	size_t at = 0;

	output.amount = amount_of(UINT64_C(1000000000000000));
	for (uint64_t i = 0; i < head->coin_count; i++) {
		bool made = position_make(&position, 1 + i / 65536,
					  (uint32_t)(i % 65536), 0);

		assert(made);
		ledger_put(ledger, position, &output, COIN_UNSPENT);
	}
	bool ok = checkpoint_writer_begin(&writer, folder, head, &error);
	while (ok && ledger_next(ledger, &at, &position, &output, &state))
		checkpoint_writer_put(writer, position, &output);
	ledger_free(ledger);
	return ok && checkpoint_writer_end(writer, &error);
}

static void run_checkpoint(char **rest)
{
	const char *folder = next_word(rest);
	const char *word = next_word(rest);
	struct checkpoint_head head = { .blknum = 0 };

	bool ok = address_parse(&head.framework, word, strlen(word));
	head.coin_count = next_number(rest);
	ok = ok && write_coins(folder, &head);
	printf("{\"written\":%s}\n", ok ? "true" : "false");
}

static void run_port(char **rest)
{
	port = (uint16_t)next_number(rest);
	printf("{}\n");
}

static bool run_command(char *line)
{
	static const struct {
		const char *name;
		void (*run)(char **rest);
	} commands[] = {
		{ "init", run_init },	{ "coin", run_coin },
		{ "split", run_split }, { "prepare", run_prepare },
		{ "bulk", run_bulk },	{ "single", run_single },
		{ "flood", run_flood }, { "checkpoint", run_checkpoint },
		{ "port", run_port },
	};
	const char *name = next_word(&line);

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, name) != 0)
			continue;
		commands[i].run(&line);
		return fflush(stdout) == 0;
	}
	fprintf(stderr, "no such command: %s\n", name);
	return false;
}

int main(void)
{
	char line[4096];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (!run_command(line))
			return 64;
	}
	load_bytes_clear(&prepared);
	load_payments_clear(&load);
	return 0;
}
