/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/service/config_file.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

static const struct command_row commands[] = {
	{ "run", NULL, 0, "runs" },
	{ "exit start", "POSITION", 1, "starts an exit" },
	{ 0 },
};
static const struct option_row option_rows[] = {
	{ "rpc", "URL", NULL, true, "a node" },
	{ "port", "N", NULL, false, "where to listen" },
	{ "force", NULL, "run", false, "at any price" },
	{ 0 },
};
static const struct option_table table = { "plasma-test", "tests", commands,
					   option_rows };
static const struct config_row rows[] = {
	{ "test", "rpc", "rpc", NULL, true },
	{ "test", "port", "port", "80", false },
	{ "test", "fee", NULL, "2gwei", false },
	{ "test", "keen", NULL, "no", false },
	{ "policy", "on_halt", NULL, "print", false },
	{ 0 },
};

static struct error error;
static struct options options;
static struct config *config;

static enum option_outcome type(const char *line)
{
	static char copy[256];
	static char *argv[16];
	int argc = 0;

	snprintf(copy, sizeof(copy), "plasma-test %s", line);
	for (char *at = copy; *at != '\0' && argc < 15;) {
		argv[argc++] = at;
		at += strcspn(at, " ");
		if (*at == ' ')
			*at++ = '\0';
	}
	argv[argc] = NULL;
	return options_parse(&options, &table, argc, argv);
}

static void set_up(void)
{
	scratch_make();
	config = NULL;
	ck_assert_int_eq(type("run"), OPTION_OUTCOME_RUN);
}

static void tear_down(void)
{
	if (config != NULL)
		config_free(config);
	scratch_remove();
}

static bool load(const char *text)
{
	const char *path =
		text == NULL ? NULL : scratch_write("test.conf", text);

	if (config != NULL)
		config_free(config);
	config = NULL;
	return config_load(&config, rows, &options, path, &error);
}

START_TEST(test_the_higher_place_wins)
{
	ck_assert(load(NULL));
	ck_assert_str_eq(config_text(config, "test", "port"), "80");
	config_offer(config, "test", "port", "81", "net.conf");
	ck_assert_str_eq(config_text(config, "test", "port"), "81");
	ck_assert(load("[test]\nport = 82\n"));
	config_offer(config, "test", "port", "81", "net.conf");
	ck_assert_str_eq(config_text(config, "test", "port"), "82");
	setenv("PLASMA_TEST_PORT", "83", 1);
	ck_assert(load("[test]\nport = 82\n"));
	ck_assert_str_eq(config_text(config, "test", "port"), "83");
	ck_assert_int_eq(type("run --port 84"), OPTION_OUTCOME_RUN);
	ck_assert(load("[test]\nport = 82\n"));
	ck_assert_str_eq(config_text(config, "test", "port"), "84");
	unsetenv("PLASMA_TEST_PORT");
}
END_TEST

START_TEST(test_a_repeatable_setting_has_a_value_each_time)
{
	ck_assert(load("[test]\nrpc = http://a\nrpc = http://b\n"));
	ck_assert_str_eq(config_text_at(config, "test", "rpc", 0), "http://a");
	ck_assert_str_eq(config_text_at(config, "test", "rpc", 1), "http://b");
	ck_assert_ptr_null(config_text_at(config, "test", "rpc", 2));
	ck_assert_int_eq(type("run --rpc http://c"), OPTION_OUTCOME_RUN);
	ck_assert(load("[test]\nrpc = http://a\nrpc = http://b\n"));
	ck_assert_str_eq(config_text_at(config, "test", "rpc", 0), "http://c");
	ck_assert_ptr_null(config_text_at(config, "test", "rpc", 1));
}
END_TEST

static const struct {
	const char *text;
	const char *says;
} wrong_files[] = {
	{ "[test]\nprot = 1\n", "port" }, /* a suggestion */
	{ "[tets]\nport = 1\n", "test" },
	{ "[test]\nport = 1\nport = 2\n", "twice" },
	{ "port = 1\n", "before the first" },
	{ "[test]\nport\n", ":2" },
	{ "[test\nport = 1\n", "[section]" },
};

START_TEST(test_a_wrong_line_is_named)
{
	ck_assert_msg(!load(wrong_files[_i].text), "%s", wrong_files[_i].text);
	ck_assert_int_eq(error.code, ERROR_CONFIG);
	ck_assert_msg(strstr(error.message, wrong_files[_i].says) != NULL, "%s",
		      error.message);
	ck_assert_ptr_nonnull(strstr(error.message, "test.conf"));
}
END_TEST

START_TEST(test_a_line_that_is_too_long_is_not_cut)
{
	char text[600];

	snprintf(text, sizeof(text), "[test]\nrpc = http://%0400d\n", 1);
	if (load(text))
		ck_assert_uint_eq(strlen(config_text(config, "test", "rpc")),
				  407);
	else
		ck_assert_int_eq(error.code, ERROR_CONFIG);
}
END_TEST

START_TEST(test_a_file_that_is_named_has_to_be_there)
{
	ck_assert(!config_load(&config, rows, &options, scratch_path("none"),
			       &error));
	ck_assert_int_eq(error.code, ERROR_NO_INPUT);
}
END_TEST

START_TEST(test_a_variable_that_almost_names_a_setting_is_an_error)
{
	ck_assert_int_eq(setenv("PLASMA_TEST_PROT", "99", 1), 0);
	ck_assert(!load("[test]\nport = 1\n"));
	ck_assert_int_eq(error.code, ERROR_CONFIG);
	ck_assert_str_eq(error.message, "unknown variable PLASMA_TEST_PROT, "
					"did you mean PLASMA_TEST_PORT?");
	ck_assert_int_eq(unsetenv("PLASMA_TEST_PROT"), 0);
	/* Of another program, and of a cluster that has a service "test". */
	ck_assert_int_eq(setenv("PLASMA_TES_T_PORT", "99", 1), 0);
	ck_assert_int_eq(setenv("PLASMA_TEST_SERVICE_HOST", "h", 1), 0);
	ck_assert(load("[test]\nport = 1\n"));
	ck_assert_str_eq(config_text(config, "test", "port"), "1");
	ck_assert_int_eq(unsetenv("PLASMA_TES_T_PORT"), 0);
	ck_assert_int_eq(unsetenv("PLASMA_TEST_SERVICE_HOST"), 0);
}
END_TEST

START_TEST(test_values_are_judged_by_what_they_are)
{
	static const char *const words[] = { "do", "print", NULL };
	uint64_t number;
	struct u256 wei;
	size_t word;
	bool keen;
	const char *text;

	ck_assert(load("[test]\nport = 65535\nfee = 0.1eth\nkeen = yes\n"
		       "[policy]\non_halt = do\n"));
	ck_assert(config_number(&number, config, "test", "port", 1, 65535,
				&error));
	ck_assert_uint_eq(number, 65535);
	ck_assert(!config_number(&number, config, "test", "port", 1, 65534,
				 &error));
	ck_assert_int_eq(error.code, ERROR_CONFIG);
	ck_assert(config_wei(&wei, config, "test", "fee", &error));
	ck_assert(u256_equal(wei, u256_of(100000000000000000)));
	ck_assert(config_bool(&keen, config, "test", "keen", &error));
	ck_assert(keen);
	ck_assert(
		config_word(&word, config, "policy", "on_halt", words, &error));
	ck_assert_uint_eq(word, 0);
	ck_assert(!config_needed(&text, config, "test", "rpc", &error));
	ck_assert_ptr_nonnull(strstr(error.message, "rpc"));
	ck_assert(load("[test]\nfee = 100\nkeen = perhaps\nport = 080\n"
		       "[policy]\non_halt = doit\n"));
	ck_assert(!config_wei(&wei, config, "test", "fee", &error));
	ck_assert(!config_bool(&keen, config, "test", "keen", &error));
	ck_assert(!config_number(&number, config, "test", "port", 1, 65535,
				 &error));
	ck_assert(!config_word(&word, config, "policy", "on_halt", words,
			       &error));
}
END_TEST

START_TEST(test_what_is_shown_says_the_same_but_no_credentials)
{
	struct growing_buffer out;

	growing_buffer_init(&out, 8192);
	ck_assert(load("[test]\nport = 99\nrpc = http://me:secret@h/\n"));
	config_show(config, &out);
	const char *text = growing_buffer_string(&out);
	ck_assert_ptr_nonnull(strstr(text, "port = 99"));
	ck_assert_ptr_null(strstr(text, "secret"));
	ck_assert_ptr_nonnull(strstr(text, "test.conf"));
	ck_assert(load(text));
	ck_assert_str_eq(config_text(config, "test", "port"), "99");
	growing_buffer_clear(&out);
}
END_TEST

START_TEST(test_the_command_line_is_one_table)
{
	ck_assert_int_eq(type("exit start 1000"), OPTION_OUTCOME_RUN);
	ck_assert(options_is(&options, "exit start"));
	ck_assert_uint_eq(options.argument_count, 1);
	ck_assert_str_eq(options.arguments[0], "1000");
	ck_assert_int_eq(type("--rpc=a --rpc b"), OPTION_OUTCOME_RUN);
	ck_assert(options_is(&options, "run"));
	ck_assert_str_eq(options_value_at(&options, "rpc", 1), "b");
	ck_assert_int_eq(type("run --force"), OPTION_OUTCOME_RUN);
	ck_assert(options_has(&options, "force"));
	ck_assert_int_eq(type("exit start 1 --force"), OPTION_OUTCOME_WRONG);
	ck_assert_int_eq(type("run --prot 1"), OPTION_OUTCOME_WRONG);
	ck_assert_int_eq(type("run --port"), OPTION_OUTCOME_WRONG);
	ck_assert_int_eq(type("run --port 1 --port 2"), OPTION_OUTCOME_WRONG);
	ck_assert_int_eq(type("run 1000"), OPTION_OUTCOME_WRONG);
	ck_assert_int_eq(type("rnu"), OPTION_OUTCOME_WRONG);
	ck_assert_int_eq(type("run --help"), OPTION_OUTCOME_END);
	ck_assert_int_eq(type("--version"), OPTION_OUTCOME_END);
}
END_TEST

Suite *config_file_suite(void);

Suite *config_file_suite(void)
{
	Suite *suite = suite_create("config_file");
	TCase *tests = tcase_create("settings");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, test_the_higher_place_wins);
	tcase_add_test(tests, test_a_repeatable_setting_has_a_value_each_time);
	tcase_add_loop_test(
		tests, test_a_wrong_line_is_named, 0,
		(int)(sizeof(wrong_files) / sizeof(wrong_files[0])));
	tcase_add_test(tests, test_a_line_that_is_too_long_is_not_cut);
	tcase_add_test(tests, test_a_file_that_is_named_has_to_be_there);
	tcase_add_test(tests,
		       test_a_variable_that_almost_names_a_setting_is_an_error);
	tcase_add_test(tests, test_values_are_judged_by_what_they_are);
	tcase_add_test(tests,
		       test_what_is_shown_says_the_same_but_no_credentials);
	tcase_add_test(tests, test_the_command_line_is_one_table);
	suite_add_tcase(suite, tests);
	return suite;
}
