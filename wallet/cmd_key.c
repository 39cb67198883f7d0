/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/keys/address.h"
#include "common/service/atomic_file.h"
#include "common/service/clock.h"
#include "common/service/keystore_file.h"
#include "common/service/password_source.h"
#include "common/service/random.h"
#include "config.h"
#include "wallet/cmd.h"
#include "wallet/cmd_print.h"
#include "wallet/cmd_session.h"
#include "wallet/problem.h"

#ifdef HAVE_QRENCODE
#include <qrencode.h>
#endif

/* The password of the keystore that is written: the one that opened another, or
 * a new one. */
static bool read_new_password(struct growing_buffer *password,
			      const struct session *session,
			      struct error *error)
{
	const struct command *command = session->command;
	const char *file = options_value(command->options, "new-password-file");
	struct password_source source = {
		.file = file != NULL ? file
				     : config_text(command->config, "wallet",
						   "password_file"),
		.descriptor = options_value(command->options, "password-fd"),
		.credential = "plasma-wallet-password",
		.prompt = "New password of the keystore",
		.twice = true,
	};

	if (file != NULL || session->password.len == 0)
		return password_source_read(password, &source, error);
	growing_buffer_init(password, PASSWORD_MAX_LEN);
	return growing_buffer_put(password,
				  growing_buffer_view(&session->password));
}

static bool write_keystore(const struct session *session, const char *path,
			   const struct secret *secret, struct error *error)
{
	bool is_light = options_has(session->command->options, "light");
	struct growing_buffer password;

	bool ok = read_new_password(&password, session, error) &&
		  keystore_file_write(
			  path, secret, growing_buffer_view(&password),
			  is_light ? KEYSTORE_LIGHT : KEYSTORE_FULL, error);
	password_source_wipe(&password);
	return ok;
}

static void say_key(const struct session *session, const char *schema,
		    const struct address *account, const char *path)
{
	char text[ADDRESS_TEXT_SIZE];

	address_format(text, account);
	if (session->command->is_json) {
		json_t *object = print_object_new(schema);

		print_set_address(object, "address", account);
		print_set_text(object, "file", path);
		print_json(object);
		return;
	}
	printf("%s\n%s\n", text, path);
}

/* Stores a key in the folder of keystores, under the name that geth gives. */
static bool add_key(struct session *session, const char *schema,
		    const struct secret *secret, struct error *error)
{
	struct address account = secret_address(secret);
	char path[SESSION_PATH_SIZE + KEYSTORE_NAME_SIZE];
	char name[KEYSTORE_NAME_SIZE];

	if (!session_allows_key(session, &account))
		return problem_set(error, PROBLEM_PUBLISHED_KEY,
				   "everybody has this key");
	keystore_folder_name(name, &account, clock_wall());
	(void)snprintf(path, sizeof(path), "%s/%s", session->keystore,
		       name); /* it fits */
	if (!atomic_file_make_folder(session->keystore, 0700, error) ||
	    !write_keystore(session, path, secret, error))
		return false;
	say_key(session, schema, &account, path);
	return true;
}

static struct secret *secret_new(struct error *error)
{
	struct secret *secret =
		sodium_init() < 0 ? NULL : sodium_malloc(sizeof(*secret));

	if (secret == NULL)
		(void)error_set(error, ERROR_IO, "no locked memory for a key");
	return secret;
}

static void secret_free(struct secret *secret)
{
	secret_wipe(secret);
	sodium_free(secret);
}

static bool make_key(struct session *session, struct error *error)
{
	struct secret *secret = secret_new(error);

	if (secret == NULL)
		return false;
	do
		random_fill(secret->bytes, sizeof(secret->bytes));
	while (!secret_is_valid(secret));
	bool ok = add_key(session, "key", secret, error);
	secret_free(secret);
	return ok;
}

/* A file with 64 hex digits, 0x in front or not, and nothing else. */
static bool read_plain(struct secret *secret, struct bytes text)
{
	const char *digits = (const char *)text.data;
	size_t len = text.len;

	while (len > 0 && (digits[len - 1] == '\n' || digits[len - 1] == '\r'))
		len--;
	if (len >= 2 && digits[0] == '0' && digits[1] == 'x')
		return hex_decode(secret->bytes, 32, digits, len) &&
		       secret_is_valid(secret);
	return hex_decode_bare(secret->bytes, 32, digits, len) &&
	       secret_is_valid(secret);
}

static bool read_foreign_keystore(struct secret *secret,
				  struct session *session, const char *path,
				  struct error *error)
{
	const struct command *command = session->command;
	struct password_source source = {
		.file = config_text(command->config, "wallet", "password_file"),
		.descriptor = options_value(command->options, "password-fd"),
		.credential = "plasma-wallet-password",
		.prompt = "Password of the keystore to import",
	};

	return password_source_read(&session->password, &source, error) &&
	       keystore_file_read(secret, path,
				  growing_buffer_view(&session->password),
				  error);
}

static bool read_import(struct secret *secret, struct session *session,
			const char *path, struct error *error)
{
	struct growing_buffer text;

	growing_buffer_init(&text, 65536);
	bool ok = atomic_file_read(&text, path, error);
	bool is_plain = ok && read_plain(secret, growing_buffer_view(&text));
	if (text.data != NULL)
		sodium_memzero(text.data, text.capacity);
	growing_buffer_clear(&text);
	return ok && (is_plain ||
		      read_foreign_keystore(secret, session, path, error));
}

static bool import_key(struct session *session, struct error *error)
{
	struct secret *secret = secret_new(error);

	if (secret == NULL)
		return false;
	bool ok = read_import(secret, session,
			      session->command->options->arguments[0], error) &&
		  add_key(session, "key", secret, error);
	secret_free(secret);
	return ok;
}

static void print_entry_row(struct print_table *table,
			    const struct keystore_entry *entry)
{
	char text[ADDRESS_TEXT_SIZE];

	address_format(text, &entry->account);
	print_table_cell(table, entry->has_account ? text : "not in the file");
	print_table_cell(table, entry->path);
}

static bool list_keys(const struct session *session, struct error *error)
{
	struct keystore_entry *entries =
		memory_new(KEYSTORE_FOLDER_MAX_FILES, sizeof(*entries));
	size_t count;

	if (!keystore_folder_list(entries, &count, KEYSTORE_FOLDER_MAX_FILES,
				  session->keystore, error)) {
		memory_free(entries);
		return false;
	}
	if (session->command->is_json) {
		json_t *object = print_object_new("keys");
		json_t *keys = json_array();

		for (size_t i = 0; i < count; i++) {
			json_t *key = json_object();

			print_set(key, "address", json_null());
			if (entries[i].has_account)
				print_set_address(key, "address",
						  &entries[i].account);
			print_set_text(key, "file", entries[i].path);
			(void)json_array_append_new(keys, key); /* memory */
		}
		print_set(object, "keys", keys);
		print_json(object);
	} else {
		struct print_table *table = print_table_new(2);

		for (size_t i = 0; i < count; i++)
			print_entry_row(table, &entries[i]);
		print_table_end(table);
	}
	memory_free(entries);
	return true;
}

/* The key in hex digits, into a new file that nobody else can read. */
static bool write_plain(const char *path, const struct secret *secret,
			struct error *error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	char text[66];

	if (fd < 0)
		return error_set(error, ERROR_CANNOT_CREATE, "%s: %s", path,
				 strerror(errno));
	hex_encode_bare(text, bytes_view(secret->bytes, 32));
	text[64] = '\n';
	bool ok = write(fd, text, 65) == 65 && fsync(fd) == 0;
	sodium_memzero(text, sizeof(text));
	if (!ok)
		(void)error_set(error, ERROR_IO, "%s: %s", path,
				strerror(errno));
	close(fd);
	return ok;
}

static bool export_key(struct session *session, struct error *error)
{
	const char *path = session->command->options->arguments[0];
	bool is_plain = options_has(session->command->options, "plain");

	if (!session_open_key(session, error))
		return false;
	if (session->secret == NULL)
		return problem_set(error, PROBLEM_NO_KEY,
				   "a remote signer has the key and does not "
				   "give it away");
	bool ok = is_plain ? write_plain(path, session->secret, error)
			   : write_keystore(session, path, session->secret,
					    error);
	if (ok)
		say_key(session, "key", &session->account, path);
	return ok;
}

static bool run_key(struct session *session, struct error *error)
{
	const struct options *options = session->command->options;
	bool needs_file = options_is(options, "key import") ||
			  options_is(options, "key export");

	if (needs_file && options->argument_count != 1)
		return error_set(error, ERROR_USAGE, "which FILE?");
	if (options_is(options, "key new"))
		return make_key(session, error);
	if (options_is(options, "key import"))
		return import_key(session, error);
	if (options_is(options, "key export"))
		return export_key(session, error);
	return list_keys(session, error);
}

bool cmd_key(const struct command *command, struct error *error)
{
	struct session session;
	bool ok = session_begin_keys(&session, command, error) &&
		  run_key(&session, error);

	session_end(&session);
	return ok;
}

#ifdef HAVE_QRENCODE
/* Two rows of modules in each line of text, light on dark. */
static bool draw_qr(const char *text, struct error *error)
{
	static const char *const blocks[] = { "\u2588", "\u2584", "\u2580",
					      " " };
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);

	if (code == NULL)
		return error_set(error, ERROR_SOFTWARE, "no QR code");
	int width = code->width;
	for (int y = -2; y < width + 2; y += 2) {
		for (int x = -2; x < width + 2; x++) {
			unsigned int dark = 0;

			for (int half = 0; half < 2; half++) {
				int row = y + half;
				bool inside = x >= 0 && x < width && row >= 0 &&
					      row < width;

				if (inside &&
				    (code->data[row * width + x] & 1) != 0)
					dark |= half == 0 ? 1U : 2U;
			}
			fputs(blocks[dark], stdout);
		}
		putchar('\n');
	}
	QRcode_free(code);
	return true;
}
#else
static bool draw_qr(const char *text, struct error *error)
{
	return problem_set(error, PROBLEM_NO_QR, "no QR code of %s", text);
}
#endif

static bool say_address(struct session *session, struct error *error)
{
	char text[ADDRESS_TEXT_SIZE];

	if (!session_find_account(session, error))
		return false;
	address_format(text, &session->account);
	if (session->command->is_json) {
		json_t *object = print_object_new("address");

		print_set_address(object, "address", &session->account);
		print_json(object);
		return true;
	}
	printf("%s\n", text);
	return !options_has(session->command->options, "qr") ||
	       draw_qr(text, error);
}

bool cmd_address(const struct command *command, struct error *error)
{
	struct session session;
	bool ok = session_begin_keys(&session, command, error) &&
		  say_address(&session, error);

	session_end(&session);
	return ok;
}
