/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/service/keystore_file.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

static struct error error;

/* The two vectors of the Web3 secret storage definition. */
static const char vector_key[] =
	"7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";
static const char *const vectors[] = {
	"{\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":"
	"\"6087dab2f9fdbbfaddc31a909735c1e6\"},\"ciphertext\":"
	"\"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46\","
	"\"kdf\":\"pbkdf2\",\"kdfparams\":{\"c\":262144,\"dklen\":32,\"prf\":"
	"\"hmac-sha256\",\"salt\":"
	"\"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd\"},"
	"\"mac\":"
	"\"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2\"},"
	"\"id\":\"3198bc9c-6672-5ab3-d995-4942343ae5b6\",\"version\":3}",
	"{\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":"
	"\"83dbcc02d8ccb40e466191a123791e0e\"},\"ciphertext\":"
	"\"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c\","
	"\"kdf\":\"scrypt\",\"kdfparams\":{\"dklen\":32,\"n\":262144,\"r\":1,"
	"\"p\":8,\"salt\":"
	"\"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19\"},"
	"\"mac\":"
	"\"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097\"},"
	"\"id\":\"3198bc9c-6672-5ab3-d995-4942343ae5b6\",\"version\":3}",
};

static bool is_key(const struct secret *secret, const char *digits)
{
	char text[65];

	hex_encode_bare(text, bytes_view(secret->bytes, 32));
	return strcmp(text, digits) == 0;
}

static struct secret secret_of(const char *digits)
{
	struct secret secret;

	ck_assert(hex_decode_bare(secret.bytes, 32, digits, strlen(digits)));
	return secret;
}

START_TEST(test_reads_the_vectors_of_the_definition)
{
	const char *path = scratch_write("vector.json", vectors[_i]);
	struct secret secret;

	ck_assert_msg(keystore_file_read(&secret, path,
					 bytes_of_string("testpassword"),
					 &error),
		      "%s", error.message);
	ck_assert(is_key(&secret, vector_key));
	ck_assert(!keystore_file_read(
		&secret, path, bytes_of_string("testpassword1"), &error));
	ck_assert_int_eq(error.code, ERROR_PERMISSION);
}
END_TEST

/* Parts of the scrypt vector, and what is put in their place. */
static const struct {
	const char *from;
	const char *to;
} damages[] = {
	{ "\"n\":262144", "\"n\":262145" },
	{ "\"n\":262144", "\"n\":1" },
	{ "\"n\":262144", "\"n\":1073741824" },
	{ "\"r\":1", "\"r\":0" },
	{ "\"r\":1", "\"r\":4294967296" },
	{ "\"p\":8", "\"p\":0" },
	{ "\"p\":8", "\"p\":9223372036854775807" },
	{ "\"dklen\":32", "\"dklen\":16" },
	{ "scrypt", "argon2" },
	{ "aes-128-ctr", "aes-128-cbc" },
	{ "\"iv\":\"83", "\"iv\":\"" },
	{ "\"mac\":\"21", "\"mac\":\"2" },
	{ "\"ciphertext\":\"d1", "\"ciphertext\":\"d1d1" },
	{ "\"salt\":\"ab", "\"salt\":\"xy" },
	{ "\"crypto\"", "\"secrets\"" },
	{ "\"kdfparams\"", "\"params\"" },
	{ "}", "" },
};

START_TEST(test_refuses_what_is_no_keystore)
{
	char text[2048];
	const char *whole = vectors[1];
	const char *at = strstr(whole, damages[_i].from);
	struct secret secret;

	ck_assert_ptr_nonnull(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - whole), whole,
		 damages[_i].to, at + strlen(damages[_i].from));
	const char *path = scratch_write("damaged.json", text);
	ck_assert(!keystore_file_read(&secret, path,
				      bytes_of_string("testpassword"), &error));
	ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
	/* Nothing secret, and the file, is in the message. */
	ck_assert_ptr_nonnull(strstr(error.message, "damaged.json"));
	ck_assert_ptr_null(strstr(error.message, "testpassword"));
}
END_TEST

START_TEST(test_reads_what_it_wrote_and_replaces_nothing)
{
	struct secret secret = secret_of(vector_key);
	struct secret again;
	struct stat status;
	const char *path = scratch_path("key.json");
	struct bytes password = bytes_of_string("pass word \xc3\xa4");

	ck_assert_msg(keystore_file_write(path, &secret, password,
					  KEYSTORE_LIGHT, &error),
		      "%s", error.message);
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0600);
	ck_assert(keystore_file_read(&again, path, password, &error));
	ck_assert(is_key(&again, vector_key));
	ck_assert(!keystore_file_write(path, &secret, password, KEYSTORE_LIGHT,
				       &error));
	ck_assert_int_eq(error.code, ERROR_CANNOT_CREATE);
	ck_assert(!keystore_file_read(&again, scratch_path("none"), password,
				      &error));
	ck_assert_int_eq(error.code, ERROR_NO_INPUT);
}
END_TEST

START_TEST(test_a_password_is_the_first_line_of_a_file)
{
	static const struct {
		const char *text;
		const char *password; /* NULL: refused */
	} cases[] = {
		{ "secret", "secret" },
		{ "secret\n", "secret" },
		{ "secret\r\nmore\n", "secret" },
		{ " two words \n", " two words " },
		{ "", NULL },
		{ "\nsecret\n", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct growing_buffer password;

		growing_buffer_init(&password, 256);
		const char *path = scratch_write("password", cases[i].text);
		bool ok = keystore_file_read_password(&password, path, &error);
		ck_assert_int_eq(ok, cases[i].password != NULL);
		if (ok)
			ck_assert_str_eq(growing_buffer_string(&password),
					 cases[i].password);
		growing_buffer_clear(&password);
	}
}
END_TEST

/* Runs a program with its output in a file; returns its exit status. */
static int run(char *const argv[], const char *output)
{
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
			_exit(126);
		execv(argv[0], argv);
		_exit(127);
	}
	int status = 0;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void read_line(char *out, size_t size, const char *path)
{
	FILE *file = fopen(path, "r");

	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(fgets(out, (int)size, file));
	fclose(file);
	out[strcspn(out, "\n")] = '\0';
}

/* Where the other wallet is; the run has tools/install-deps behind it. */
static void find_cast(char *out, size_t size)
{
	char finder[256];
	char name[] = "cast";
	char *argv[] = { finder, name, NULL };
	const char *top = getenv("top_srcdir");

	snprintf(finder, sizeof(finder), "%s/tools/foundry",
		 top != NULL ? top : ".");
	ck_assert_msg(run(argv, scratch_path("cast")) == 0, "no cast");
	read_line(out, size, scratch_path("cast"));
}

START_TEST(test_cast_decrypts_ours)
{
	struct secret secret = secret_of(vector_key);
	char cast[256];
	char line[256];
	char folder[64];
	char words[][32] = { "wallet",	  "decrypt-keystore",
			     "ours.json", "--unsafe-password",
			     "for both",  "--keystore-dir" };
	char *argv[] = { cast,	   words[0], words[1], words[2], words[3],
			 words[4], words[5], folder,   NULL };

	find_cast(cast, sizeof(cast));
	snprintf(folder, sizeof(folder), "%s", scratch_folder());
	ck_assert(keystore_file_write(scratch_path("ours.json"), &secret,
				      bytes_of_string("for both"),
				      KEYSTORE_LIGHT, &error));
	ck_assert_int_eq(run(argv, scratch_path("out")), 0);
	read_line(line, sizeof(line), scratch_path("out"));
	ck_assert_ptr_nonnull(strstr(line, vector_key));
}
END_TEST

START_TEST(test_we_decrypt_what_cast_wrote)
{
	struct secret secret;
	char cast[256];
	char folder[64];
	char key[80];
	char words[][32] = { "wallet",	      "import",
			     "theirs",	      "--unsafe-password",
			     "for both",      "--private-key",
			     "--keystore-dir" };
	char *argv[] = { cast,	   words[0], words[1], words[2],
			 words[3], words[4], words[5], key,
			 words[6], folder,   NULL };

	find_cast(cast, sizeof(cast));
	snprintf(folder, sizeof(folder), "%s", scratch_folder());
	snprintf(key, sizeof(key), "0x%s", vector_key);
	ck_assert_int_eq(run(argv, scratch_path("out")), 0);
	ck_assert_msg(keystore_file_read(&secret, scratch_path("theirs"),
					 bytes_of_string("for both"), &error),
		      "%s", error.message);
	ck_assert(is_key(&secret, vector_key));
}
END_TEST

Suite *keystore_file_suite(void);

Suite *keystore_file_suite(void)
{
	Suite *suite = suite_create("keystore_file");
	TCase *tests = tcase_create("keystore");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
	tcase_add_loop_test(tests, test_reads_the_vectors_of_the_definition, 0,
			    2);
	tcase_add_loop_test(tests, test_refuses_what_is_no_keystore, 0,
			    (int)(sizeof(damages) / sizeof(damages[0])));
	tcase_add_test(tests, test_reads_what_it_wrote_and_replaces_nothing);
	tcase_add_test(tests, test_a_password_is_the_first_line_of_a_file);
	tcase_add_test(tests, test_cast_decrypts_ours);
	tcase_add_test(tests, test_we_decrypt_what_cast_wrote);
	suite_add_tcase(suite, tests);
	return suite;
}
