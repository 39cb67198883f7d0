/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_KEYSTORE_FILE_H
#define PLASMA_COMMON_SERVICE_KEYSTORE_FILE_H

/* Encrypted keys as Web3 keystores of version 3, the format that other wallets
 * write: scrypt or PBKDF2, AES-128-CTR, keccak256 as checksum. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/keys/secret.h"

/* Reads and decrypts. ERROR_NO_INPUT: no such file; ERROR_BAD_INPUT: not a
 * keystore; ERROR_PERMISSION: wrong password. The caller wipes the secret. */
NODISCARD bool keystore_file_read(struct secret *secret, const char *path,
				  struct bytes password, struct error *error);

enum keystore_strength {
	KEYSTORE_FULL, /* scrypt with n = 262144, r = 8, p = 1 */
	KEYSTORE_LIGHT /* n = 4096, r = 8, p = 6: for small machines */
};

/* Encrypts into a new file with mode 0600. ERROR_CANNOT_CREATE if it is there
 * already. */
NODISCARD bool keystore_file_write(const char *path,
				   const struct secret *secret,
				   struct bytes password,
				   enum keystore_strength strength,
				   struct error *error);

/* The first line of a file, without its line break, as a password. The caller
 * wipes and clears `password`. ERROR_NO_INPUT, ERROR_BAD_INPUT. */
NODISCARD bool keystore_file_read_password(struct growing_buffer *password,
					   const char *path,
					   struct error *error);

#endif
