/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/service/http_server.h"
#include "common/service/strict_json.h"
#include "operator/root_sender.h"
#include "tests/unit/operator/payments.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

#define GWEI UINT64_C(1000000000)
#define FIRST_NONCE 7
#define MAX_SENT 16
#define MAX_RAW 1024

static struct error error;
static struct http_server *server;
static struct root_chain_rpc *rpc;
static struct operator_store *store;
static struct operator_status *status;
static struct root_sender *sender;
static struct root_sender_view view;
static struct signer signer;
static struct secret secret = { { [31] = 1 } };

/* A node: what it says, and what it was sent. */
static struct {
	uint64_t head;
	uint64_t base_fee_gwei;
	uint64_t used_nonces;
	bool refuses_estimates;
	bool says_used;	   /* to every transaction */
	bool newest_lags;  /* "latest" is of a node that has no block of ours */
	bool is_reordered; /* the head is replaced after the first look */
	const char *root;  /* of every block, 64 digits */
	size_t sent;
	char raw[MAX_SENT][MAX_RAW];
} node;

static void say(struct http_response *response, uint64_t id, const char *json)
{
	(void)growing_buffer_format(&response->body,
				    "{\"jsonrpc\":\"2.0\",\"id\":%llu,%s}",
				    (unsigned long long)id, json);
}

static void say_number(struct http_response *response, uint64_t id,
		       uint64_t number)
{
	char text[64];

	snprintf(text, sizeof(text), "\"result\":\"0x%llx\"",
		 (unsigned long long)number);
	say(response, id, text);
}

static void say_block(struct http_response *response, uint64_t id,
		      const char *which)
{
	char text[400];
	bool is_other = node.is_reordered && strcmp(which, "latest") != 0;

	snprintf(text, sizeof(text),
		 "\"result\":{\"number\":\"0x%llx\",\"timestamp\":\"0x1\","
		 "\"gasLimit\":\"0x1c9c380\",\"baseFeePerGas\":\"0x%llx\","
		 "\"hash\":\"0x%064llx\"}",
		 (unsigned long long)node.head,
		 (unsigned long long)(node.base_fee_gwei * GWEI),
		 (unsigned long long)(node.head + (is_other ? 1000 : 0)));
	say(response, id, text);
}

static void say_root(struct http_response *response, uint64_t id,
		     const char *which)
{
	char text[400];
	bool lags = node.newest_lags && strcmp(which, "latest") == 0;

	snprintf(text, sizeof(text), "\"result\":\"0x%s%064x\"",
		 lags ? "00000000000000000000000000000000"
			"00000000000000000000000000000000"
		      : node.root,
		 1);
	say(response, id, text);
}

static void take_raw(struct http_response *response, uint64_t id,
		     const char *raw)
{
	ck_assert(node.sent < MAX_SENT && strlen(raw) < MAX_RAW);
	snprintf(node.raw[node.sent++], MAX_RAW, "%s", raw);
	if (node.says_used)
		say(response, id,
		    "\"error\":{\"code\":-32000,\"message\":"
		    "\"nonce too low\"}");
	else
		say_number(response, id, 1);
}

static void answer(void *context, struct http_response *response,
		   const struct http_request *request)
{
	struct error problem;
	json_t *question = strict_json_parse_new(request->body, &problem);
	const char *method =
		json_string_value(json_object_get(question, "method"));
	uint64_t id =
		(uint64_t)json_integer_value(json_object_get(question, "id"));
	json_t *params = json_object_get(question, "params");
	const char *first = json_string_value(json_array_get(params, 0));
	const char *second = json_string_value(json_array_get(params, 1));

	(void)context;
	if (strcmp(method, "eth_getBlockByNumber") == 0)
		say_block(response, id, first);
	else if (strcmp(method, "eth_getBalance") == 0)
		say_number(response, id, UINT64_MAX);
	else if (strcmp(method, "eth_getTransactionCount") == 0)
		say_number(response, id, node.used_nonces);
	else if (strcmp(method, "eth_call") == 0)
		say_root(response, id, second);
	else if (strcmp(method, "eth_sendRawTransaction") == 0)
		take_raw(response, id, first);
	else if (node.refuses_estimates)
		say(response, id,
		    "\"error\":{\"code\":3,\"message\":\"reverted\"}");
	else
		say_number(response, id, 100000);
	response->content_type = "application/json";
	json_decref(question);
}

static const struct http_route routes[] = {
	{ .method = "POST",
	  .path = "/",
	  .max_body = 65536,
	  .handler = answer,
	  .doc = "the node" },
	{ 0 },
};

static void make_sender(uint64_t daily_cap_gwei)
{
	const struct root_sender_parts parts = {
		.store = store,
		.rpc = rpc,
		.status = status,
		.signer = &signer,
		.chain_id = 31337,
		.framework = account_of(0x77),
		.first_nonce = FIRST_NONCE,
		.max_fee_wei = u256_of(100 * GWEI),
		.tip_wei = u256_of(GWEI),
		.daily_cap_wei = u256_saturating_multiply(
			u256_of(daily_cap_gwei), u256_of(GWEI)),
	};

	root_sender_free(sender);
	ck_assert(root_sender_new(&sender, &parts, &error));
}

/* The root that is committed to for a block. */
static struct hash root_of(uint64_t blknum)
{
	struct hash root = { { 0 } };

	root.bytes[0] = (uint8_t)(blknum / 1000);
	root.bytes[31] = 0x99;
	return root;
}

static void commit(uint64_t blknum)
{
	struct committed_block block = { .blknum = blknum,
					 .root = root_of(blknum),
					 .transaction_count = 1,
					 .body_len = 1,
					 .formed_at = 1 };

	ck_assert(operator_store_commit_block(store, &block, &error));
	view.newest_blknum = blknum;
	root_sender_wake(sender);
}

static void set_up(void)
{
	const struct operator_network network = { 31337, account_of(0x77),
						  FIRST_NONCE };
	char url[64];

	scratch_make();
	memset(&node, 0, sizeof(node));
	node.head = 100;
	node.base_fee_gwei = 10;
	node.root = "00000000000000000000000000000000"
		    "00000000000000000000000000000000";
	ck_assert(http_server_start(&server, "127.0.0.1:0",
				    (struct http_service){ .routes = routes },
				    HTTP_SERVER_LIMITS_USUAL, &error));
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/",
		 (unsigned int)http_server_port(server));
	rpc = root_chain_rpc_new(url, HTTP_LIMITS_USUAL, 65536);
	ck_assert(operator_store_open(&store, scratch_folder(), &network,
				      &error));
	status = operator_status_new();
	signer = signer_of_secret(&secret);
	view = (struct root_sender_view){ .eth_block = 100,
					  .next_child_block = 1000 };
	sender = NULL;
	make_sender(1000000000);
}

static void tear_down(void)
{
	root_sender_free(sender);
	operator_status_free(status);
	operator_store_close(store);
	root_chain_rpc_free(rpc);
	http_server_stop(server);
	scratch_remove();
}

/* A look at a new head; true if all is well. */
static bool pass(void)
{
	const char *reason;

	node.head++;
	view.eth_block = node.head;
	view.head.bytes[0]++;
	return root_sender_pass(sender, &reason, &view);
}

static bool is_raised(enum operator_alarm alarm)
{
	return operator_status_facts(status).alarms[alarm];
}

START_TEST(test_raises_what_is_not_mined)
{
	commit(1000);
	ck_assert(pass());
	ck_assert(pass());
	ck_assert_uint_eq(node.sent, 2);
	ck_assert_str_eq(node.raw[0], node.raw[1]);
	ck_assert(pass());
	ck_assert_uint_eq(node.sent, 3);
	ck_assert_str_ne(node.raw[2], node.raw[1]);
	ck_assert_uint_eq(root_sender_counts(sender).raised, 1);
}
END_TEST

/* 21 gwei for 150000 gas, which is 3150000 gwei, and nothing more. */
START_TEST(test_sends_the_same_again_when_the_daily_cap_forbids_more)
{
	make_sender(3150000);
	commit(1000);
	ck_assert(pass());
	for (size_t i = 1; i < 5; i++) {
		ck_assert(pass());
		ck_assert_uint_eq(node.sent, i + 1);
		ck_assert_str_eq(node.raw[i], node.raw[0]);
	}
	ck_assert(is_raised(OPERATOR_ALARM_PRICE_CAP));
	ck_assert_uint_eq(root_sender_counts(sender).raised, 0);
}
END_TEST

START_TEST(test_sends_the_same_again_when_no_estimate_can_be_had)
{
	commit(1000);
	ck_assert(pass());
	node.refuses_estimates = true;
	for (size_t i = 1; i < 5; i++) {
		ck_assert(pass());
		ck_assert_uint_eq(node.sent, i + 1);
		ck_assert_str_eq(node.raw[i], node.raw[0]);
	}
}
END_TEST

/* One root takes 150000 gas at 21 gwei at most, two take 225000. */
START_TEST(test_can_sign_what_the_daily_cap_has_room_for)
{
	make_sender(4000000);
	ck_assert(root_sender_can_sign(sender, 1));
	ck_assert(!root_sender_can_sign(sender, 2));
	ck_assert(is_raised(OPERATOR_ALARM_PRICE_CAP));
	ck_assert(pass()); /* with nothing to send */
	ck_assert(is_raised(OPERATOR_ALARM_PRICE_CAP));
	ck_assert(root_sender_can_sign(sender, 1));
	ck_assert(pass());
	ck_assert(!is_raised(OPERATOR_ALARM_PRICE_CAP));
	commit(1000);
	ck_assert(pass());
	ck_assert(!root_sender_can_sign(sender, 1));
}
END_TEST

START_TEST(test_can_sign_nothing_where_no_node_can_be_asked)
{
	http_server_stop(server);
	server = NULL;
	ck_assert(!root_sender_can_sign(sender, 1));
	ck_assert(is_raised(OPERATOR_ALARM_ROOT_CHAIN));
}
END_TEST

START_TEST(test_a_used_nonce_is_well_if_the_root_is_ours)
{
	struct hash ours = root_of(1000);
	char digits[65];

	commit(1000);
	hex_encode_bare(digits, bytes_view(ours.bytes, 32));
	node.root = digits;
	node.says_used = true;
	node.used_nonces = FIRST_NONCE + 1;
	ck_assert(pass());
}
END_TEST

START_TEST(test_a_nonce_used_for_something_else_is_trouble)
{
	commit(1000);
	node.says_used = true;
	ck_assert(pass());
	node.used_nonces = FIRST_NONCE + 1;
	ck_assert(!pass());
}
END_TEST

/* One node has the root mined already, and the one that is asked for it not. */
START_TEST(test_a_node_that_lags_is_no_trouble)
{
	struct hash ours = root_of(1000);
	char digits[65];

	commit(1000);
	hex_encode_bare(digits, bytes_view(ours.bytes, 32));
	node.root = digits;
	node.newest_lags = true;
	node.says_used = true;
	node.used_nonces = FIRST_NONCE + 1;
	ck_assert(pass());
}
END_TEST

/* The eth_block with our root is undone while its state is asked for. */
START_TEST(test_an_eth_block_that_goes_meanwhile_is_no_trouble)
{
	commit(1000);
	node.is_reordered = true;
	node.says_used = true;
	node.used_nonces = FIRST_NONCE + 1;
	ck_assert(pass());
}
END_TEST

Suite *root_sender_suite(void);

Suite *root_sender_suite(void)
{
	Suite *suite = suite_create("root_sender");
	TCase *tests = tcase_create("root_sender");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, test_raises_what_is_not_mined);
	tcase_add_test(
		tests,
		test_sends_the_same_again_when_the_daily_cap_forbids_more);
	tcase_add_test(tests,
		       test_sends_the_same_again_when_no_estimate_can_be_had);
	tcase_add_test(tests, test_can_sign_what_the_daily_cap_has_room_for);
	tcase_add_test(tests, test_can_sign_nothing_where_no_node_can_be_asked);
	tcase_add_test(tests, test_a_used_nonce_is_well_if_the_root_is_ours);
	tcase_add_test(tests, test_a_nonce_used_for_something_else_is_trouble);
	tcase_add_test(tests, test_a_node_that_lags_is_no_trouble);
	tcase_add_test(tests,
		       test_an_eth_block_that_goes_meanwhile_is_no_trouble);
	suite_add_tcase(suite, tests);
	return suite;
}
