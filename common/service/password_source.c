/* SPDX-License-Identifier: MIT */
#include "common/service/password_source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "common/base/decimal.h"

/* Reads until a line ends; what follows it stays unread or is thrown away. */
static bool read_line(struct growing_buffer *out, int fd, const char *name,
		      struct error *error)
{
	char byte = '\0';
	ssize_t len;

	/* All at once, so that no copy is left behind by growing. */
	if (growing_buffer_extend(out, PASSWORD_MAX_LEN) == NULL)
		return error_set(error, ERROR_BAD_INPUT, "%s: too long", name);
	growing_buffer_reset(out);
	while ((len = read(fd, &byte, 1)) == 1 && byte != '\n') {
		if (!growing_buffer_put_byte(out, (uint8_t)byte))
			return error_set(error, ERROR_BAD_INPUT,
					 "%s: the password is longer than %d "
					 "bytes",
					 name, PASSWORD_MAX_LEN);
	}
	byte = '\0';
	if (len < 0)
		return error_set(error, ERROR_IO, "%s: %s", name,
				 strerror(errno));
	if (out->len > 0 && out->data[out->len - 1] == '\r')
		out->len--;
	return out->len > 0 ? true
			    : error_set(error, ERROR_BAD_INPUT,
					"%s: the first line is empty", name);
}

static bool read_file(struct growing_buffer *out, const char *path,
		      struct error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_set(error,
				 errno == ENOENT ? ERROR_NO_INPUT
						 : ERROR_PERMISSION,
				 "%s: %s", path, strerror(errno));
	bool ok = read_line(out, fd, path, error);
	close(fd);
	return ok;
}

/* A line from the terminal, which shows nothing of it. */
static bool ask(struct growing_buffer *out, int terminal, const char *prompt,
		struct error *error)
{
	struct termios before;
	struct termios silent;

	if (tcgetattr(terminal, &before) != 0)
		return error_set(error, ERROR_IO, "terminal: %s",
				 strerror(errno));
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	if (dprintf(terminal, "%s: ", prompt) < 0 ||
	    tcsetattr(terminal, TCSAFLUSH, &silent) != 0)
		return error_set(error, ERROR_IO, "terminal: %s",
				 strerror(errno));
	bool ok = read_line(out, terminal, "terminal", error);
	(void)tcsetattr(terminal, TCSAFLUSH, &before); /* nothing left to do */
	(void)dprintf(terminal, "\n");
	return ok;
}

static bool ask_again(const struct growing_buffer *first, int terminal,
		      struct error *error)
{
	struct growing_buffer second;

	growing_buffer_init(&second, PASSWORD_MAX_LEN);
	bool ok = ask(&second, terminal, "The same again", error);
	if (ok && (first->len != second.len ||
		   sodium_memcmp(first->data, second.data, second.len) != 0))
		ok = error_set(error, ERROR_PERMISSION,
			       "the two passwords differ");
	password_source_wipe(&second);
	return ok;
}

static bool read_terminal(struct growing_buffer *out,
			  const struct password_source *source,
			  struct error *error)
{
	int terminal = source->prompt == NULL
			       ? -1
			       : open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (terminal < 0)
		return error_set(error, ERROR_PERMISSION,
				 "a password is needed, and there is neither a "
				 "file of it nor a terminal");
	bool ok = ask(out, terminal, source->prompt, error) &&
		  (!source->twice || ask_again(out, terminal, error));
	close(terminal);
	return ok;
}

/* The path of the credential; false if the service manager gave none. */
static bool find_credential(char *path, size_t size, const char *name)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");

	return name != NULL && folder != NULL &&
	       snprintf(path, size, "%s/%s", folder, name) < (int)size &&
	       access(path, R_OK) == 0;
}

bool password_source_read(struct growing_buffer *out,
			  const struct password_source *source,
			  struct error *error)
{
	char credential[PATH_MAX];
	uint64_t number;

	growing_buffer_init(out, PASSWORD_MAX_LEN);
	if (source->file != NULL)
		return read_file(out, source->file, error);
	if (source->descriptor != NULL) {
		if (!decimal_parse_u64(&number, source->descriptor, INT_MAX))
			return error_set(error, ERROR_USAGE,
					 "%s is not a file descriptor",
					 source->descriptor);
		return read_line(out, (int)number, "password descriptor",
				 error);
	}
	if (find_credential(credential, sizeof(credential), source->credential))
		return read_file(out, credential, error);
	return read_terminal(out, source, error);
}

void password_source_wipe(struct growing_buffer *password)
{
	if (password->data != NULL)
		sodium_memzero(password->data, password->capacity);
	growing_buffer_clear(password);
}
