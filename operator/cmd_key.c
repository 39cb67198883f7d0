/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/growing_buffer.h"
#include "common/service/keystore_file.h"
#include "operator/cmd.h"

bool cmd_read_key(struct secret *secret, const struct command *command,
		  struct error *error)
{
	struct growing_buffer password;
	const char *keystore;
	const char *file;

	if (!config_needed(&keystore, command->config, "operator", "keystore",
			   error) ||
	    !config_needed(&file, command->config, "operator", "password_file",
			   error))
		return false;
	growing_buffer_init(&password, 4096);
	bool ok = keystore_file_read_password(&password, file, error) &&
		  keystore_file_read(secret, keystore,
				     growing_buffer_view(&password), error);
	if (password.data != NULL)
		memset(password.data, 0, password.capacity);
	growing_buffer_clear(&password);
	return ok;
}
