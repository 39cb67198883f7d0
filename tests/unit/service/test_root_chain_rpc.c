/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/service/http_server.h"
#include "common/service/root_chain_batch.h"
#include "common/service/root_chain_reader.h"
#include "common/service/root_chain_rpc.h"
#include "tests/unit/runner.h"

/* A node that says what the test wants, over real HTTP. An answer that begins
 * with a status has it as its own; "$" stands for the id of the question. */

#define MAX_ANSWER 4096

static struct error error;
static struct http_server *server;
static struct root_chain_rpc *rpc;
static const char *says;
static struct arena arena;

static void answer(void *context, struct http_response *response,
		   const struct http_request *request)
{
	const char *at = says;
	char id[24] = "";
	char body[512];
	size_t len = request->body.len < 511 ? request->body.len : 511;

	(void)context;
	memcpy(body, request->body.data, len);
	body[len] = '\0';
	const char *found = strstr(body, "\"id\":");
	if (found != NULL)
		snprintf(id, sizeof(id), "%.*s",
			 (int)strspn(found + 5, "0123456789"), found + 5);
	if (*at >= '1' && *at <= '9') {
		response->status = (unsigned int)(at[0] - '0') * 100 +
				   (unsigned int)(at[1] - '0') * 10 +
				   (unsigned int)(at[2] - '0');
		at += 3;
	}
	for (; *at != '\0'; at++) {
		if (*at == '$')
			growing_buffer_put(&response->body,
					   bytes_of_string(id));
		else
			growing_buffer_put(&response->body, bytes_view(at, 1));
	}
	response->content_type = "application/json";
}

static const struct http_route routes[] = {
	{ .method = "POST",
	  .path = "/",
	  .max_body = 65536,
	  .handler = answer,
	  .doc = "the node" },
	{ 0 },
};

static void set_up(void)
{
	char url[64];

	ck_assert_msg(
		http_server_start(&server, "127.0.0.1:0",
				  (struct http_service){ .routes = routes },
				  HTTP_SERVER_LIMITS_USUAL, &error),
		"%s", error.message);
	snprintf(url, sizeof(url), "http://user:secret@127.0.0.1:%u/",
		 (unsigned int)http_server_port(server));
	rpc = root_chain_rpc_new(url, HTTP_LIMITS_USUAL, MAX_ANSWER);
	arena_init(&arena, 1 << 16);
}

static void tear_down(void)
{
	root_chain_rpc_free(rpc);
	http_server_stop(server);
	arena_clear(&arena);
}

#define RESULT(json) "{\"jsonrpc\":\"2.0\",\"id\":$,\"result\":" json "}"
#define REFUSAL(json) "{\"jsonrpc\":\"2.0\",\"id\":$,\"error\":" json "}"

static const struct {
	const char *says;
	enum error_code code; /* of asking for the chain id */
} answers[] = {
	{ RESULT("\"0x7a69\""), ERROR_NONE },
	{ " " RESULT("\"0x7a69\"") "\n", ERROR_NONE },
	{ RESULT("\"0x07a69\""), ERROR_PROTOCOL },
	{ RESULT("\"7a69\""), ERROR_PROTOCOL },
	{ RESULT("31337"), ERROR_PROTOCOL },
	{ RESULT("null"), ERROR_PROTOCOL },
	{ RESULT("[]"), ERROR_PROTOCOL },
	{ RESULT("\"0x1ffffffffffffffff\""), ERROR_PROTOCOL },
	{ RESULT("\"0x\""), ERROR_PROTOCOL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":$}", ERROR_PROTOCOL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":7777,\"result\":\"0x1\"}",
	  ERROR_PROTOCOL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":\"$\",\"result\":\"0x1\"}",
	  ERROR_PROTOCOL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":\"0x1\"}",
	  ERROR_PROTOCOL },
	{ "{\"jsonrpc\":\"2.0\",\"result\":\"0x1\"}", ERROR_PROTOCOL },
	{ "{\"id\":$,\"result\":\"0x1\",\"result\":\"0x2\"}", ERROR_PROTOCOL },
	{ RESULT("\"0x7a69\"") "{}", ERROR_PROTOCOL },
	{ "[" RESULT("\"0x7a69\"") "]", ERROR_PROTOCOL },
	{ "", ERROR_PROTOCOL },
	{ "<html>busy</html>", ERROR_PROTOCOL },
	{ "429slow down", ERROR_UNREACHABLE },
	{ "503", ERROR_UNREACHABLE },
	{ "302", ERROR_UNREACHABLE },
	{ REFUSAL("{\"code\":-32000,\"message\":\"no\"}"), ERROR_REFUSED },
	{ "500" REFUSAL("{\"code\":-32000,\"message\":\"no\"}"),
	  ERROR_REFUSED },
	{ REFUSAL("{}"), ERROR_REFUSED },
	{ REFUSAL("null"), ERROR_PROTOCOL },
	{ "429{\"error\":\"slow down\"}", ERROR_PROTOCOL },
};

START_TEST(test_an_answer_is_judged_before_it_is_taken)
{
	uint64_t chain_id = 0;

	says = answers[_i].says;
	error.code = ERROR_NONE;
	bool ok = root_chain_rpc_chain_id(rpc, &chain_id, &error);
	ck_assert_msg(ok == (answers[_i].code == ERROR_NONE), "%s", says);
	if (ok)
		ck_assert_uint_eq(chain_id, 31337);
	else
		ck_assert_msg(error.code == answers[_i].code, "%s: %s", says,
			      error.message);
	/* Who it was, but not with which password. */
	ck_assert(ok || strstr(error.message, "127.0.0.1") != NULL);
	ck_assert_ptr_null(strstr(error.message, "secret"));
	ck_assert_ptr_null(strstr(root_chain_rpc_name(rpc), "secret"));
	/* The connection is as good as before. */
	says = RESULT("\"0x7a69\"");
	ck_assert_msg(root_chain_rpc_chain_id(rpc, &chain_id, &error), "%s",
		      error.message);
}
END_TEST

START_TEST(test_an_answer_that_is_too_long_is_cut_short)
{
	static char bomb[3 * MAX_ANSWER];
	uint64_t chain_id;

	memset(bomb, ' ', sizeof(bomb) - 1);
	says = bomb;
	ck_assert(!root_chain_rpc_chain_id(rpc, &chain_id, &error));
	ck_assert_int_eq(error.code, ERROR_PROTOCOL);
}
END_TEST

START_TEST(test_a_node_that_is_gone_is_unreachable)
{
	struct root_chain_rpc *gone = root_chain_rpc_new(
		"http://127.0.0.1:1/", HTTP_LIMITS_USUAL, MAX_ANSWER);
	uint64_t chain_id;

	ck_assert(!root_chain_rpc_chain_id(gone, &chain_id, &error));
	ck_assert_int_eq(error.code, ERROR_UNREACHABLE);
	root_chain_rpc_free(gone);
}
END_TEST

#define HASH                                                                   \
	"\"0x1111111111111111111111111111111111111111111111111111111111111111" \
	"\""

static const char *const bad_heads[] = {
	RESULT("{\"number\":\"0x5\",\"timestamp\":\"0x6\",\"gasLimit\":"
	       "\"0x8\"}"),
	RESULT("{\"hash\":" HASH
	       ",\"timestamp\":\"0x6\",\"gasLimit\":\"0x8\"}"),
	RESULT("{\"hash\":" HASH ",\"number\":\"0x5\"}"),
	RESULT("{\"hash\":" HASH
	       ",\"number\":5,\"timestamp\":\"0x6\",\"gasLimit\":\"0x8\"}"),
	RESULT("{\"hash\":\"0x11\",\"number\":\"0x5\",\"timestamp\":\"0x6\","
	       "\"gasLimit\":\"0x8\"}"),
	RESULT("{\"hash\":" HASH
	       ",\"number\":null,\"timestamp\":\"0x6\",\"gasLimit\":\"0x8\"}"),
	RESULT("{\"hash\":" HASH ",\"number\":\"0x5\",\"timestamp\":\"0x6\"}"),
	RESULT("{\"hash\":" HASH
	       ",\"number\":\"0x5\",\"timestamp\":\"0x6\",\"gasLimit\":\"0x8\","
	       "\"baseFeePerGas\":7}"),
	RESULT("null"),
	RESULT("\"0x5\""),
};

START_TEST(test_a_head_is_whole_or_none)
{
	struct root_chain_head head;

	says = bad_heads[_i];
	ck_assert_msg(!root_chain_rpc_head(rpc, &head, &error), "%s", says);
	ck_assert_int_eq(error.code, ERROR_PROTOCOL);
	says = RESULT(
		"{\"hash\":" HASH ",\"number\":\"0x5\",\"timestamp\":"
		"\"0x6\",\"gasLimit\":\"0x8\",\"baseFeePerGas\":\"0x7\"}");
	ck_assert(root_chain_rpc_head(rpc, &head, &error));
	ck_assert_uint_eq(head.number, 5);
	ck_assert_uint_eq(head.time.seconds, 6);
	ck_assert_uint_eq(head.hash.bytes[31], 0x11);
	ck_assert(u256_equal(head.base_fee_wei, u256_of(7)));
}
END_TEST

START_TEST(test_nothing_there_and_no_answer_are_told_apart)
{
	struct root_chain_receipt receipt;
	struct hash hash = { { 1 } };
	bool found = true;

	says = RESULT("null");
	ck_assert(root_chain_rpc_block_hash(rpc, &found, &hash, 9, &error));
	ck_assert(!found);
	found = true;
	ck_assert(root_chain_rpc_receipt(rpc, &found, &receipt, &hash, &error));
	ck_assert(!found);
	says = "{\"jsonrpc\":\"2.0\",\"id\":$}";
	ck_assert(!root_chain_rpc_block_hash(rpc, &found, &hash, 9, &error));
	ck_assert_int_eq(error.code, ERROR_PROTOCOL);
	ck_assert(
		!root_chain_rpc_receipt(rpc, &found, &receipt, &hash, &error));
	ck_assert_int_eq(error.code, ERROR_PROTOCOL);
}
END_TEST

START_TEST(test_a_transaction_that_the_node_has_is_as_good_as_sent)
{
	struct bytes raw = bytes_of_string("raw");
	enum root_chain_receiving receiving;

	says = RESULT(HASH);
	ck_assert(root_chain_rpc_send(rpc, &receiving, raw, &error));
	ck_assert_int_eq(receiving, ROOT_CHAIN_TAKEN);
	says = REFUSAL("{\"code\":-32000,\"message\":\"already known\"}");
	ck_assert(root_chain_rpc_send(rpc, &receiving, raw, &error));
	ck_assert_int_eq(receiving, ROOT_CHAIN_KNOWN);
	says = REFUSAL("{\"code\":-32000,\"message\":\"Known transaction\"}");
	ck_assert(root_chain_rpc_send(rpc, &receiving, raw, &error));
	ck_assert_int_eq(receiving, ROOT_CHAIN_KNOWN);
	says = REFUSAL("{\"code\":-32000,\"message\":\"insufficient funds\"}");
	ck_assert(!root_chain_rpc_send(rpc, &receiving, raw, &error));
	ck_assert_int_eq(error.code, ERROR_REFUSED);
	ck_assert_ptr_nonnull(strstr(error.message, "insufficient funds"));
}
END_TEST

START_TEST(test_a_used_nonce_is_known_in_the_words_of_every_node)
{
	static const char *const refusals[] = {
		REFUSAL("{\"code\":-32000,\"message\":\"nonce too low: next "
			"nonce 5, tx nonce 4\"}"),
		REFUSAL("{\"code\":-32001,\"message\":\"Nonce too low\"}"),
		REFUSAL("{\"code\":-32010,\"message\":\"OldNonce, Current "
			"nonce: 5, nonce of rejected tx: 4\"}"),
		REFUSAL("{\"code\":-32010,\"message\":\"Transaction nonce is "
			"too low. Try incrementing the nonce.\"}"),
	};
	enum root_chain_receiving receiving;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		says = refusals[i];
		ck_assert(root_chain_rpc_send(rpc, &receiving,
					      bytes_of_string("raw"), &error));
		ck_assert_int_eq(receiving, ROOT_CHAIN_NONCE_USED);
	}
}
END_TEST

#define ADDRESS "\"0x2222222222222222222222222222222222222222\""
#define PLACE                                                                  \
	"\"blockNumber\":\"0x5\",\"blockHash\":" HASH                          \
	",\"transactionHash\":" HASH ",\"transactionIndex\":\"0x0\","          \
	"\"logIndex\":\"0x1\""
#define LOG(address, topics, data)                                             \
	"{\"address\":" address ",\"topics\":" topics ",\"data\":" data        \
	"," PLACE ",\"removed\":false}"

static const struct {
	const char *says;
	bool ok;
} logs[] = {
	{ RESULT("[]"), true },
	{ RESULT("[" LOG(ADDRESS, "[" HASH "]", "\"0x\"") "]"), true },
	{ RESULT("[" LOG(ADDRESS, "[]", "\"0x0102\"") "]"), true },
	{ RESULT("[" LOG("\"0x22\"", "[]", "\"0x\"") "]"), false },
	{ RESULT("[" LOG(ADDRESS, "[1]", "\"0x\"") "]"), false },
	{ RESULT("[" LOG(ADDRESS, "{}", "\"0x\"") "]"), false },
	{ RESULT("[" LOG(ADDRESS, "[]", "\"0x1\"") "]"), false },
	{ RESULT("[" LOG(ADDRESS, "[]", "null") "]"), false },
	{ RESULT("[" LOG(ADDRESS,
			 "[" HASH "," HASH "," HASH "," HASH "," HASH "]",
			 "\"0x\"") "]"),
	  false },
	{ RESULT("[{\"address\":" ADDRESS ",\"topics\":[],\"data\":\"0x\"}]"),
	  false },
	{ RESULT("[null]"), false },
	{ RESULT("null"), false },
	{ RESULT("{}"), false },
};

START_TEST(test_a_log_is_whole_or_the_answer_is_none)
{
	struct root_chain_log_filter filter = { .first = 1, .last = 9 };
	struct eth_log *found;
	size_t count;

	says = logs[_i].says;
	bool ok = root_chain_reader_logs(rpc, &found, &count, &arena, &filter,
					 &error);
	ck_assert_msg(ok == logs[_i].ok, "%s", says);
	if (ok && count == 1) {
		ck_assert_uint_eq(found[0].eth_block_number, 5);
		ck_assert_uint_eq(found[0].log_index, 1);
		ck_assert_uint_eq(found[0].address.bytes[0], 0x22);
	}
	ck_assert(ok || error.code == ERROR_PROTOCOL);
}
END_TEST

static const struct {
	const char *says;
	enum error_code code; /* of asking two questions at once */
	const char *why;
} batches[] = {
	{ "429{\"error\":\"slow down\"}", ERROR_REFUSED, "slow down" },
	{ REFUSAL("{\"code\":-32000,\"message\":\"no\"}"), ERROR_REFUSED,
	  ": no" },
	{ REFUSAL("{}"), ERROR_REFUSED, ": error" },
	{ REFUSAL("null"), ERROR_PROTOCOL, "\"error\":null" },
	{ REFUSAL("7"), ERROR_PROTOCOL, "\"error\":7" },
	{ "500{\"error\":[]}", ERROR_PROTOCOL, "{\"error\":[]}" },
	{ "{}", ERROR_PROTOCOL, "but {}" },
	{ "[]", ERROR_PROTOCOL, "but []" },
	{ "[" REFUSAL("null") "," REFUSAL("null") "]", ERROR_PROTOCOL,
	  "\"error\":null" },
	{ "null", ERROR_PROTOCOL, "but null" },
	{ "", ERROR_PROTOCOL, "eth_chainId" },
};

START_TEST(test_what_is_no_answer_to_a_list_is_said)
{
	struct root_chain_batch *batch = root_chain_batch_new();

	(void)root_chain_batch_add(batch, "eth_chainId", "[]");
	(void)root_chain_batch_add(batch, "eth_chainId", "[]");
	says = batches[_i].says;
	error = (struct error){ .code = ERROR_NONE };
	ck_assert_msg(!root_chain_batch_ask(batch, rpc, 2, &error), "%s", says);
	ck_assert_msg(error.code == batches[_i].code, "%s: %d: %s", says,
		      (int)error.code, error.message);
	ck_assert_msg(strstr(error.message, batches[_i].why) != NULL, "%s: %s",
		      says, error.message);
	ck_assert_ptr_nonnull(strstr(error.message, "127.0.0.1"));
	root_chain_batch_free(batch);
}
END_TEST

#define TABLE_LEN(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *root_chain_rpc_suite(void);

Suite *root_chain_rpc_suite(void)
{
	Suite *suite = suite_create("root_chain_rpc");
	TCase *tests = tcase_create("answers");

	tcase_set_timeout(tests, 30);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, test_an_answer_is_judged_before_it_is_taken,
			    0, TABLE_LEN(answers));
	tcase_add_loop_test(tests, test_what_is_no_answer_to_a_list_is_said, 0,
			    TABLE_LEN(batches));
	tcase_add_test(tests, test_an_answer_that_is_too_long_is_cut_short);
	tcase_add_test(tests, test_a_node_that_is_gone_is_unreachable);
	tcase_add_loop_test(tests, test_a_head_is_whole_or_none, 0,
			    TABLE_LEN(bad_heads));
	tcase_add_test(tests, test_nothing_there_and_no_answer_are_told_apart);
	tcase_add_test(tests,
		       test_a_transaction_that_the_node_has_is_as_good_as_sent);
	tcase_add_test(tests,
		       test_a_used_nonce_is_known_in_the_words_of_every_node);
	tcase_add_loop_test(tests, test_a_log_is_whole_or_the_answer_is_none, 0,
			    TABLE_LEN(logs));
	suite_add_tcase(suite, tests);
	return suite;
}
