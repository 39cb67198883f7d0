/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/base/writer.h"
#include "common/chain/block.h"
#include "common/service/http_client.h"
#include "operator/operator_api.h"
#include "tests/unit/operator/payments.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

#define ALICE 0xa1
#define PAYMENTS 30000 /* about 7 MB */
#define READERS 40
#define MIB ((size_t)1 << 20)

static struct error error;
static struct operator_store *store;
static struct body_store *bodies;
static struct operator_api *api;
static struct http_server *server;
static struct committed_block block;
static struct growing_buffer body;
static size_t payment_len;
static char question[96];

/* A body of many payments, which need not be different, and its row. */
static void make_block(uint32_t count)
{
	const struct output output = output_of(ALICE, 99);
	struct made_payment payment;
	uint8_t header[16];
	struct writer writer = writer_of(header, sizeof(header));
	char root[HEX_SIZE(32)];

	make_payment(&payment, position_at(1, 0, 0), ALICE, &output, 1);
	payment_len = payment.candidate.signed_form.len;
	block_body_write_header(&writer, payment_len * count);
	growing_buffer_reset(&body);
	ck_assert(growing_buffer_put(&body, writer_view(&writer)));
	for (uint32_t i = 0; i < count; i++)
		ck_assert(growing_buffer_put(&body,
					     payment.candidate.signed_form));
	block = (struct committed_block){ .blknum = 1000,
					  .root = { { 0xab } },
					  .transaction_count = count,
					  .body_len = body.len,
					  .formed_at = 1 };
	ck_assert(body_store_put(bodies, &block.root,
				 growing_buffer_view(&body), &error));
	ck_assert(operator_store_commit_block(store, &block, &error));
	hex_encode(root, bytes_view(block.root.bytes, 32));
	snprintf(question, sizeof(question), "{\"hash\":\"%s\"}", root);
}

static void set_up(void)
{
	const struct operator_network network = { 31337, account_of(0x77), 0 };
	struct operator_api_parts parts = { .bodies = NULL };

	scratch_make();
	growing_buffer_init(&body, 64 * MIB);
	ck_assert(operator_store_open(&store, scratch_folder(), &network,
				      &error));
	ck_assert(body_store_open(&bodies, scratch_folder(),
				  OPERATOR_STORE_BODIES, &error));
	parts.bodies = bodies;
	parts.reader = store;
	api = operator_api_new(&parts);
	ck_assert(http_server_start(&server, "127.0.0.1:0",
				    operator_api_service(api),
				    HTTP_SERVER_LIMITS_USUAL, &error));
}

static void tear_down(void)
{
	http_server_stop(server);
	operator_api_free(api);
	body_store_close(bodies);
	operator_store_close(store);
	growing_buffer_clear(&body);
	scratch_remove();
}

static void ask(struct growing_buffer *answer)
{
	struct http_client *client = http_client_new(HTTP_LIMITS_USUAL);
	char url[64];
	long status;

	snprintf(url, sizeof(url), "http://127.0.0.1:%u/block.get",
		 (unsigned int)http_server_port(server));
	growing_buffer_init(answer, 256 * MIB);
	ck_assert_msg(http_client_post(client, answer, &status, url,
				       "application/json",
				       bytes_of_string(question), &error),
		      "%s", error.message);
	ck_assert_int_eq(status, 200);
	http_client_free(client);
}

/* The answer is all transactions in hex between what stands around them. */
static void assert_answers_whole(uint32_t count)
{
	const size_t head = body.len - payment_len * count;
	char *hex = memory_new(2 * payment_len + 1, 1);
	struct growing_buffer answer;

	hex_encode_bare(hex, bytes_view(body.data + head, payment_len));
	ask(&answer);
	const char *at = growing_buffer_string(&answer);
	at = strstr(at, "\"transactions\":[");
	ck_assert_ptr_nonnull(at);
	at += strlen("\"transactions\":[");
	for (uint32_t i = 0; i < count; i++) {
		ck_assert_int_eq(
			strncmp(at, i == 0 ? "\"0x" : ",\"0x", i == 0 ? 3 : 4),
			0);
		at += i == 0 ? 3 : 4;
		ck_assert_int_eq(strncmp(at, hex, 2 * payment_len), 0);
		at += 2 * payment_len;
		ck_assert_int_eq(*at++, '"');
	}
	ck_assert_str_eq(at, "]}}");
	growing_buffer_clear(&answer);
	memory_free(hex);
}

START_TEST(test_gives_a_block_with_all_its_transactions)
{
	make_block(1);
	assert_answers_whole(1);
}
END_TEST

START_TEST(test_gives_a_large_block_with_all_its_transactions)
{
	make_block(PAYMENTS);
	assert_answers_whole(PAYMENTS);
}
END_TEST

/* A body that is not what its row says breaks off; nothing else does. */
START_TEST(test_a_damaged_body_breaks_the_answer_off)
{
	struct http_client *client = http_client_new(HTTP_LIMITS_USUAL);
	struct growing_buffer answer;
	char url[64];
	long status;

	make_block(100);
	body.data[body.len / 2] = 0x00;
	for (size_t i = body.len / 2; i < body.len; i++)
		body.data[i] = 0;
	ck_assert(body_store_put(bodies, &block.root,
				 growing_buffer_view(&body), &error));
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/block.get",
		 (unsigned int)http_server_port(server));
	growing_buffer_init(&answer, MIB);
	ck_assert(!http_client_post(client, &answer, &status, url,
				    "application/json",
				    bytes_of_string(question), &error));
	growing_buffer_clear(&answer);
	http_client_free(client);
}
END_TEST

/* Asks, waits for the first byte of the answer, and reads no more. */
static int begin_to_read(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(http_server_port(server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	char request[400];
	char byte;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
		connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	int len = snprintf(request, sizeof(request),
			   "POST /block.get HTTP/1.1\r\nHost: h\r\n"
			   "Content-Type: application/json\r\n"
			   "Content-Length: %zu\r\n\r\n%s",
			   strlen(question), question);
	ck_assert_int_eq(send(fd, request, (size_t)len, 0), len);
	ck_assert_int_eq(recv(fd, &byte, 1, 0), 1);
	return fd;
}

/* The most that this process has had in memory. */
static size_t most_bytes(void)
{
	struct rusage usage;

	ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
	return (size_t)usage.ru_maxrss << 10;
}

START_TEST(test_slow_readers_of_a_large_block_take_little_memory)
{
	int readers[READERS];

	make_block(PAYMENTS);
	readers[0] = begin_to_read();
	const size_t before = most_bytes();
	for (size_t i = 1; i < READERS; i++)
		readers[i] = begin_to_read();
	/* Each has 14 MB before it. */
	ck_assert_uint_lt(most_bytes(), before + 64 * MIB);
	for (size_t i = 0; i < READERS; i++)
		close(readers[i]);
}
END_TEST

Suite *block_api_suite(void);

Suite *block_api_suite(void)
{
	Suite *suite = suite_create("block_api");
	TCase *tests = tcase_create("block_api");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, test_gives_a_block_with_all_its_transactions);
	tcase_add_test(tests,
		       test_gives_a_large_block_with_all_its_transactions);
	tcase_add_test(tests, test_a_damaged_body_breaks_the_answer_off);
	tcase_add_test(tests,
		       test_slow_readers_of_a_large_block_take_little_memory);
	suite_add_tcase(suite, tests);
	return suite;
}
