/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/memory.h"
#include "common/service/body_store.h"
#include "common/service/clock.h"
#include "operator/mirror_loop.h"
#include "operator/operator_store.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

/* A healthy mirror looks for news this often. */
#define LOOK_MS 2000

static struct operator_status *status;
static struct error error;

/* One block is committed. */
static void set_up(void)
{
	const struct operator_network network = { 31337, { { 7 } }, 5 };
	struct committed_block block = { .blknum = 1000,
					 .transaction_count = 2,
					 .body_len = 300,
					 .formed_at = 1700000000 };
	struct operator_store *store;
	struct body_store *bodies;

	scratch_make();
	memset(block.root.bytes, 1, sizeof(block.root.bytes));
	ck_assert(operator_store_open(&store, scratch_folder(), &network,
				      &error));
	ck_assert(body_store_open(&bodies, scratch_folder(),
				  OPERATOR_STORE_BODIES, &error));
	ck_assert(body_store_put(bodies, &block.root, bytes_of_string("body"),
				 &error));
	ck_assert(operator_store_commit_block(store, &block, &error));
	body_store_close(bodies);
	operator_store_close(store);
	status = operator_status_new();
}

static void tear_down(void)
{
	operator_status_free(status);
	scratch_remove();
}

static struct mirror_loop *start(const char *target)
{
	struct mirror_loop *mirror;

	ck_assert_msg(mirror_loop_start(&mirror, target, scratch_folder(),
					status, NULL, &error),
		      "%s", error.message);
	return mirror;
}

static bool has_alarm(void)
{
	return operator_status_facts(status).alarms[OPERATOR_ALARM_MIRROR];
}

static void wait_a_moment(void)
{
	usleep(10000); /* allowed: between two looks */
}

START_TEST(test_a_mirror_that_works_clears_no_alarm_of_another)
{
	/* Nobody listens at the first port. */
	struct mirror_loop *broken = start("http://127.0.0.1:1/");
	uint64_t until_ms = clock_monotonic_ms() + LOOK_MS + 1000;

	while (!has_alarm())
		wait_a_moment();
	struct mirror_loop *good = start(scratch_folder());
	while (mirror_loop_blknum(good) != 1000)
		wait_a_moment();
	/* The broken one is asked again at longer and longer pauses. */
	while (clock_monotonic_ms() < until_ms) {
		ck_assert(has_alarm());
		wait_a_moment();
	}
	mirror_loop_stop(broken);
	mirror_loop_stop(good);
}
END_TEST

/* ---- web servers that take their time ---- */

#define BODY_LEN ((size_t)8 << 20)

struct web_server {
	int fd;
	char url[64];
	pthread_t thread;
	size_t piece; /* bytes that are read at a time; 0: it never reads */
	atomic_bool is_asked;
	atomic_bool is_over;
};

/* Reads a request for more than half a minute, and answers. */
static void *serve(void *context)
{
	static const char answer[] =
		"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";
	struct web_server *web = context;
	int fd = accept(web->fd, NULL, NULL);
	char piece[16384];
	ssize_t got = 1;

	atomic_store(&web->is_asked, true);
	for (size_t len = 0; web->piece > 0 && len < BODY_LEN && got > 0;) {
		got = recv(fd, piece, web->piece, MSG_WAITALL);
		len += got > 0 ? (size_t)got : 0;
		for (int i = 0; i < 6; i++)
			wait_a_moment();
	}
	if (web->piece > 0)
		(void)send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL);
	while (web->piece == 0 && !atomic_load(&web->is_over))
		wait_a_moment();
	close(fd);
	return NULL;
}

static void web_start(struct web_server *web, size_t piece)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int most = 65536;

	*web = (struct web_server){ .piece = piece };
	web->fd = socket(AF_INET, SOCK_STREAM, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(web->fd, SOL_SOCKET, SO_RCVBUF, &most, sizeof(most));
	ck_assert_int_eq(
		bind(web->fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(web->fd, 1), 0);
	getsockname(web->fd, (struct sockaddr *)&address, &len);
	snprintf(web->url, sizeof(web->url), "http://127.0.0.1:%u/",
		 (unsigned int)ntohs(address.sin_port));
	pthread_create(&web->thread, NULL, serve, web);
}

static void web_stop(struct web_server *web)
{
	atomic_store(&web->is_over, true);
	pthread_join(web->thread, NULL);
	close(web->fd);
}

static void put_long_body(void)
{
	uint8_t *body = memory_new(BODY_LEN, 1);
	struct body_store *bodies;
	struct hash root;

	memset(root.bytes, 1, sizeof(root.bytes));
	ck_assert(body_store_open(&bodies, scratch_folder(),
				  OPERATOR_STORE_BODIES, &error));
	ck_assert(body_store_put(bodies, &root, bytes_view(body, BODY_LEN),
				 &error));
	body_store_close(bodies);
	memory_free(body);
}

/* Two megabits per second are enough. */
START_TEST(test_a_mirror_behind_a_slow_line_gets_a_long_body)
{
	struct web_server web;

	put_long_body();
	web_start(&web, 16384);
	struct mirror_loop *mirror = start(web.url);
	while (mirror_loop_blknum(mirror) != 1000) {
		ck_assert(!has_alarm());
		wait_a_moment();
	}
	mirror_loop_stop(mirror);
	web_stop(&web);
}
END_TEST

START_TEST(test_the_end_waits_for_no_mirror)
{
	struct web_server web;

	put_long_body();
	web_start(&web, 0);
	struct mirror_loop *mirror = start(web.url);
	while (!atomic_load(&web.is_asked))
		wait_a_moment();
	uint64_t now_ms = clock_monotonic_ms();
	mirror_loop_stop(mirror);
	ck_assert_uint_lt(clock_monotonic_ms(), now_ms + 5000);
	web_stop(&web);
}
END_TEST

Suite *mirror_loop_suite(void);

Suite *mirror_loop_suite(void)
{
	Suite *suite = suite_create("mirror_loop");
	TCase *tests = tcase_create("mirror_loop");

	tcase_set_timeout(tests, 300);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests,
		       test_a_mirror_that_works_clears_no_alarm_of_another);
	tcase_add_test(tests,
		       test_a_mirror_behind_a_slow_line_gets_a_long_body);
	tcase_add_test(tests, test_the_end_waits_for_no_mirror);
	suite_add_tcase(suite, tests);
	return suite;
}
