/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/service/clock.h"
#include "common/service/keystore_file.h"
#include "common/service/keystore_folder.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

static const char password[] = "correct horse";

static char file[128];
static struct error error;

static void set_up(void)
{
	scratch_make();
	snprintf(file, sizeof(file), "%s", scratch_path("key"));
}

static void write_text(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
	ck_assert_int_eq(chmod(path, 0600), 0);
}

static void write_keystore(const char *path, uint8_t key)
{
	struct secret secret = { { 0 } };

	secret.bytes[31] = key;
	ck_assert_msg(keystore_file_write(path, &secret,
					  bytes_of_string(password),
					  KEYSTORE_LIGHT, &error),
		      "%s", error.message);
}

START_TEST(test_takes_files_that_are_ours_alone)
{
	static const struct {
		mode_t file;
		mode_t folder;
		bool good;
	} cases[] = {
		{ 0600, 0700, true },  { 0400, 0700, true },
		{ 0600, 0755, true },  { 0644, 0700, false },
		{ 0640, 0700, false }, { 0660, 0700, false },
		{ 0606, 0700, false }, { 0601, 0700, false },
		{ 0600, 0777, false }, { 0600, 0770, false },
	};

	write_text(file, "{}");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert_int_eq(chmod(file, cases[i].file), 0);
		ck_assert_int_eq(chmod(scratch_folder(), cases[i].folder), 0);
		ck_assert_msg(keystore_folder_check_private(file, &error) ==
				      cases[i].good,
			      "%o in %o", cases[i].file, cases[i].folder);
		if (!cases[i].good)
			ck_assert_int_eq(error.code, ERROR_PERMISSION);
	}
	ck_assert_int_eq(chmod(scratch_folder(), 0700), 0);
}
END_TEST

START_TEST(test_refuses_links_and_what_is_no_file)
{
	char other[128];

	write_text(file, "{}");
	snprintf(other, sizeof(other), "%s", scratch_path("link"));
	ck_assert_int_eq(symlink("key", other), 0);
	ck_assert(!keystore_folder_check_private(other, &error));
	ck_assert_int_eq(error.code, ERROR_PERMISSION);
	ck_assert_int_eq(unlink(other), 0);
	ck_assert(!keystore_folder_check_private(scratch_folder(), &error));
	ck_assert_int_eq(error.code, ERROR_PERMISSION);
	ck_assert_int_eq(link(file, other), 0);
	ck_assert(!keystore_folder_check_private(file, &error));
	ck_assert_int_eq(error.code, ERROR_PERMISSION);
	ck_assert(!keystore_folder_check_private("no-such-file", &error));
	ck_assert_int_eq(error.code, ERROR_NO_INPUT);
}
END_TEST

START_TEST(test_refuses_a_file_of_another_user)
{
	if (geteuid() != 0)
		return; /* only root can make one */
	write_text(file, "{}");
	ck_assert_int_eq(chown(file, 12345, 12345), 0);
	ck_assert(!keystore_folder_check_private(file, &error));
	ck_assert_int_eq(error.code, ERROR_PERMISSION);
}
END_TEST

START_TEST(test_names_files_as_geth_does)
{
	struct address account = { { 0xab, 0xcd } };
	struct wall_time now = { 1769903999 };
	char name[KEYSTORE_NAME_SIZE];

	keystore_folder_name(name, &account, now);
	ck_assert_str_eq(name, "UTC--2026-01-31T23-59-59.000000000Z--"
			       "abcd000000000000000000000000000000000000");
}
END_TEST

START_TEST(test_lists_keystores_and_nothing_else)
{
	struct keystore_entry entries[4];
	struct secret one = { { 0 } };
	char path[160];
	size_t count;

	one.bytes[31] = 1;
	struct address account = secret_address(&one);
	snprintf(path, sizeof(path), "%s/b", scratch_folder());
	write_keystore(path, 1);
	snprintf(path, sizeof(path),
		 "%s/a--00000000000000000000000000000000000000ff",
		 scratch_folder());
	write_text(path, "{\"crypto\":{},\"version\":3}");
	snprintf(path, sizeof(path), "%s/c", scratch_folder());
	write_text(path, "{\"version\":3,\"Crypto\":{}}");
	snprintf(path, sizeof(path), "%s/notes.txt", scratch_folder());
	write_text(path, "buy milk");
	ck_assert_msg(keystore_folder_list(entries, &count, 4, scratch_folder(),
					   &error),
		      "%s", error.message);
	ck_assert_uint_eq(count, 3);
	ck_assert(entries[0].has_account);
	ck_assert_int_eq(entries[0].account.bytes[19], 0xff);
	ck_assert(entries[1].has_account);
	ck_assert(address_equal(&entries[1].account, &account));
	ck_assert(!entries[2].has_account);
	ck_assert(!keystore_folder_list(entries, &count, 2, scratch_folder(),
					&error));
	ck_assert(keystore_folder_list(entries, &count, 4, "nowhere", &error));
	ck_assert_uint_eq(count, 0);
}
END_TEST

/* A keystore with these parameters of scrypt and rubbish otherwise. */
static void write_parameters(const char *n, unsigned int r, unsigned int p)
{
	static const char zeros[] = "00000000000000000000000000000000"
				    "00000000000000000000000000000000";
	char text[1024];

	snprintf(text, sizeof(text),
		 "{\"version\":3,\"crypto\":{\"cipher\":\"aes-128-ctr\","
		 "\"ciphertext\":\"%s\",\"cipherparams\":{\"iv\":\"%.32s\"},"
		 "\"kdf\":\"scrypt\",\"kdfparams\":{\"dklen\":32,\"n\":%s,"
		 "\"r\":%u,\"p\":%u,\"salt\":\"%s\"},\"mac\":\"%s\"}}",
		 zeros, zeros, n, r, p, zeros, zeros);
	write_text(file, text);
}

START_TEST(test_refuses_derivations_that_are_too_weak_or_too_dear)
{
	static const struct {
		const char *n;
		unsigned int r;
		unsigned int p;
	} cases[] = {
		{ "2", 8, 1 },
		{ "2048", 8, 1 },
		{ "1099511627776", 8, 1 },
		{ "524288", 8, 1 },
		{ "262144", 64, 1 },
		{ "4097", 8, 1 },
		{ "262144", 8, 64 },
		{ "4096", 0, 1 },
		{ "4096", 8, 0 },
		{ "4096", 8, 1000000 },
	};
	struct secret secret;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_parameters(cases[i].n, cases[i].r, cases[i].p);
		uint64_t before = clock_monotonic_ms();
		ck_assert(!keystore_file_read(
			&secret, file, bytes_of_string(password), &error));
		ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
		/* Nothing was derived: that takes far longer. */
		ck_assert_uint_lt(clock_monotonic_ms() - before, 500);
	}
	write_parameters("4096", 8, 6);
	ck_assert(!keystore_file_read(&secret, file, bytes_of_string(password),
				      &error));
	ck_assert_int_eq(error.code, ERROR_PERMISSION);
}
END_TEST

Suite *keystore_folder_suite(void);

Suite *keystore_folder_suite(void)
{
	Suite *suite = suite_create("keystore_folder");
	TCase *tests = tcase_create("keystore_folder");

	tcase_add_checked_fixture(tests, set_up, scratch_remove);
	tcase_add_test(tests, test_takes_files_that_are_ours_alone);
	tcase_add_test(tests, test_refuses_links_and_what_is_no_file);
	tcase_add_test(tests, test_refuses_a_file_of_another_user);
	tcase_add_test(tests, test_names_files_as_geth_does);
	tcase_add_test(tests, test_lists_keystores_and_nothing_else);
	tcase_add_test(tests,
		       test_refuses_derivations_that_are_too_weak_or_too_dear);
	suite_add_tcase(suite, tests);
	return suite;
}
