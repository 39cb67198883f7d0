/* SPDX-License-Identifier: MIT */
#include "common/service/keystore_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/codec/keccak256.h"
#include "common/service/atomic_file.h"
#include "common/service/random.h"
#include "common/service/strict_json.h"

#define MAX_FILE_SIZE 65536
#define MAX_SALT 64
#define KEY_SIZE 32

/* scrypt takes 128 * n * r bytes of memory, at most 512 MiB here. */
#define MIN_N ((uint64_t)1 << 12)
#define MAX_N ((uint64_t)1 << 18)
#define MAX_R 16
#define MAX_P 64
#define MAX_WORK ((uint64_t)1 << 23)
#define MIN_ROUNDS 10000
#define MAX_ROUNDS 10000000

static bool read_file(struct growing_buffer *out, const char *path,
		      struct error *error)
{
	uint8_t chunk[4096];
	size_t len;
	FILE *file = fopen(path, "rbe");

	if (file == NULL)
		return error_set(error,
				 errno == ENOENT ? ERROR_NO_INPUT
						 : ERROR_PERMISSION,
				 "%s: %s", path, strerror(errno));
	bool ok = true;
	while (ok && (len = fread(chunk, 1, sizeof(chunk), file)) > 0)
		ok = growing_buffer_put(out, bytes_view(chunk, len));
	bool failed = ferror(file) != 0;
	(void)fclose(file); /* only read */
	sodium_memzero(chunk, sizeof(chunk));
	if (failed)
		return error_set(error, ERROR_IO, "%s: cannot read", path);
	return ok ? true
		  : error_set(error, ERROR_BAD_INPUT, "%s: too long", path);
}

/* The parameters of a derivation that are there in both kinds. */
static bool read_salt(uint8_t salt[MAX_SALT], size_t *len, const json_t *params,
		      struct error *error)
{
	const char *text;
	uint64_t key_len;

	if (!strict_json_string(&text, params, "salt", error) ||
	    !strict_json_number(&key_len, params, "dklen", error))
		return false;
	*len = strlen(text) / 2;
	if (key_len != KEY_SIZE || *len > MAX_SALT ||
	    !hex_decode_bare(salt, *len, text, strlen(text)))
		return error_set(error, ERROR_BAD_INPUT,
				 "keystore: a derivation that nobody uses");
	return true;
}

static bool derive_scrypt(uint8_t key[KEY_SIZE], const json_t *params,
			  struct bytes password, struct error *error)
{
	uint8_t salt[MAX_SALT];
	size_t salt_len;
	uint64_t n;
	uint64_t r;
	uint64_t p;

	if (!read_salt(salt, &salt_len, params, error) ||
	    !strict_json_number(&n, params, "n", error) ||
	    !strict_json_number(&r, params, "r", error) ||
	    !strict_json_number(&p, params, "p", error))
		return false;
	/* Neither a password that is guessed in no time, nor a file that keeps
	 * the machine busy. */
	if (n < MIN_N || n > MAX_N || (n & (n - 1)) != 0 || r == 0 ||
	    r > MAX_R || p == 0 || p > MAX_P || n * r * p > MAX_WORK)
		return error_set(error, ERROR_BAD_INPUT,
				 "keystore: scrypt parameters out of range");
	if (crypto_pwhash_scryptsalsa208sha256_ll(
		    password.data, password.len, salt, salt_len, n, (uint32_t)r,
		    (uint32_t)p, key, KEY_SIZE) != 0)
		return error_set(error, ERROR_IO,
				 "keystore: not enough memory for scrypt");
	return true;
}

static bool derive_pbkdf2(uint8_t key[KEY_SIZE], const json_t *params,
			  struct bytes password, struct error *error)
{
	uint8_t salt[MAX_SALT];
	size_t salt_len;
	uint64_t rounds;
	const char *hash;

	if (!read_salt(salt, &salt_len, params, error) ||
	    !strict_json_number(&rounds, params, "c", error) ||
	    !strict_json_string(&hash, params, "prf", error))
		return false;
	if (rounds < MIN_ROUNDS || rounds > MAX_ROUNDS ||
	    strcmp(hash, "hmac-sha256") != 0)
		return error_set(error, ERROR_BAD_INPUT,
				 "keystore: PBKDF2 parameters out of range");
	if (PKCS5_PBKDF2_HMAC((const char *)password.data, (int)password.len,
			      salt, (int)salt_len, (int)rounds, EVP_sha256(),
			      KEY_SIZE, key) != 1)
		return error_set(error, ERROR_SOFTWARE,
				 "keystore: PBKDF2 failed");
	return true;
}

/* AES-128-CTR: the same for both directions. */
static bool apply_cipher(uint8_t out[32], const uint8_t in[32],
			 const uint8_t key[16], const uint8_t iv[16])
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int len;
	bool ok = context != NULL &&
		  EVP_EncryptInit_ex(context, EVP_aes_128_ctr(), NULL, key,
				     iv) == 1 &&
		  EVP_EncryptUpdate(context, out, &len, in, 32) == 1 &&
		  len == 32;

	EVP_CIPHER_CTX_free(context);
	return ok;
}

static struct hash checksum(const uint8_t key[KEY_SIZE],
			    const uint8_t encrypted[32])
{
	struct keccak256 keccak;

	keccak256_init(&keccak);
	keccak256_add(&keccak, bytes_view(key + 16, 16));
	keccak256_add(&keccak, bytes_view(encrypted, 32));
	return keccak256_finish(&keccak);
}

static bool read_bare_hex(uint8_t *out, size_t len, const json_t *object,
			  const char *key, struct error *error)
{
	const char *text;

	if (!strict_json_string(&text, object, key, error))
		return false;
	if (!hex_decode_bare(out, len, text, strlen(text)))
		return error_set(error, ERROR_BAD_INPUT,
				 "keystore: \"%s\" is not %zu bytes of hex",
				 key, len);
	return true;
}

static bool decrypt(struct secret *secret, const json_t *crypto,
		    struct bytes password, struct error *error)
{
	uint8_t encrypted[32];
	uint8_t iv[16];
	uint8_t key[KEY_SIZE];
	struct hash mac;
	const char *cipher;
	const char *kdf;
	json_t *cipher_params = NULL;
	json_t *kdf_params = NULL;

	if (!strict_json_string(&cipher, crypto, "cipher", error) ||
	    !strict_json_string(&kdf, crypto, "kdf", error) ||
	    !strict_json_member(&cipher_params, crypto, "cipherparams",
				error) ||
	    !strict_json_member(&kdf_params, crypto, "kdfparams", error) ||
	    !read_bare_hex(encrypted, 32, crypto, "ciphertext", error) ||
	    !read_bare_hex(mac.bytes, 32, crypto, "mac", error) ||
	    !read_bare_hex(iv, 16, cipher_params, "iv", error))
		return false;
	if (strcmp(cipher, "aes-128-ctr") != 0)
		return error_set(error, ERROR_BAD_INPUT,
				 "keystore: unknown cipher");
	bool ok = strcmp(kdf, "scrypt") == 0
			  ? derive_scrypt(key, kdf_params, password, error)
			  : derive_pbkdf2(key, kdf_params, password, error);
	if (ok) {
		struct hash sum = checksum(key, encrypted);

		if (sodium_memcmp(sum.bytes, mac.bytes, 32) != 0)
			ok = error_set(error, ERROR_PERMISSION,
				       "keystore: wrong password");
		else if (!apply_cipher(secret->bytes, encrypted, key, iv) ||
			 !secret_is_valid(secret))
			ok = error_set(error, ERROR_BAD_INPUT,
				       "keystore: it holds no key");
	}
	sodium_memzero(key, sizeof(key));
	return ok;
}

bool keystore_file_read(struct secret *secret, const char *path,
			struct bytes password, struct error *error)
{
	struct growing_buffer text;
	json_t *crypto = NULL;

	growing_buffer_init(&text, MAX_FILE_SIZE);
	if (!read_file(&text, path, error)) {
		growing_buffer_clear(&text);
		return false;
	}
	json_t *root = strict_json_parse_new(growing_buffer_view(&text), error);
	growing_buffer_clear(&text);
	bool ok = root != NULL;
	if (ok) {
		/* Some wallets write it with a capital letter. */
		const char *name = json_object_get(root, "crypto") != NULL
					   ? "crypto"
					   : "Crypto";

		ok = strict_json_member(&crypto, root, name, error) &&
		     decrypt(secret, crypto, password, error);
	}
	json_decref(root);
	return ok ? true : error_wrap(error, "%s", path);
}

static bool write_new_file(const char *path, const char *text,
			   struct error *error)
{
	size_t len = strlen(text);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return error_set(error, ERROR_CANNOT_CREATE, "%s: %s", path,
				 strerror(errno));
	bool ok = write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
	if (!ok)
		(void)error_set(error, ERROR_IO, "%s: %s", path,
				strerror(errno));
	close(fd);
	ok = ok && atomic_file_sync_entry(path, error);
	if (!ok)
		(void)unlink(path); /* what is there is worth nothing */
	return ok;
}

static void hex_of(char *out, const uint8_t *bytes, size_t len)
{
	hex_encode_bare(out, bytes_view(bytes, len));
}

bool keystore_file_write(const char *path, const struct secret *secret,
			 struct bytes password, enum keystore_strength strength,
			 struct error *error)
{
	uint64_t n = strength == KEYSTORE_FULL ? 262144 : 4096;
	uint32_t p = strength == KEYSTORE_FULL ? 1 : 6;
	uint8_t seed[32 + 16 + 16]; /* salt, iv, id */
	uint8_t key[KEY_SIZE];
	uint8_t encrypted[32];
	char hex[5][65];
	char address[41];
	char text[1024];

	random_fill(seed, sizeof(seed));
	if (crypto_pwhash_scryptsalsa208sha256_ll(password.data, password.len,
						  seed, 32, n, 8, p, key,
						  KEY_SIZE) != 0 ||
	    !apply_cipher(encrypted, secret->bytes, key, seed + 32))
		return error_set(error, ERROR_IO,
				 "keystore: not enough memory for scrypt");
	struct hash mac = checksum(key, encrypted);
	struct address owner = secret_address(secret);
	sodium_memzero(key, sizeof(key));
	seed[48 + 6] = (uint8_t)((seed[48 + 6] & 0x0f) | 0x40); /* UUID 4 */
	seed[48 + 8] = (uint8_t)((seed[48 + 8] & 0x3f) | 0x80);
	hex_of(hex[0], encrypted, 32);
	hex_of(hex[1], seed + 32, 16);
	hex_of(hex[2], seed, 32);
	hex_of(hex[3], mac.bytes, 32);
	hex_of(hex[4], seed + 48, 16);
	hex_of(address, owner.bytes, 20);
	(void)snprintf(text, sizeof(text),
		       "{\"version\":3,\"id\":\"%.8s-%.4s-%.4s-%.4s-%.12s\","
		       "\"address\":\"%s\",\"crypto\":{\"cipher\":"
		       "\"aes-128-ctr\",\"ciphertext\":\"%s\",\"cipherparams\":"
		       "{\"iv\":\"%s\"},\"kdf\":\"scrypt\",\"kdfparams\":"
		       "{\"dklen\":32,\"n\":%llu,\"r\":8,\"p\":%u,\"salt\":"
		       "\"%s\"},\"mac\":\"%s\"}}\n",
		       hex[4], hex[4] + 8, hex[4] + 12, hex[4] + 16,
		       hex[4] + 20, address, hex[0], hex[1],
		       (unsigned long long)n, p, hex[2], hex[3]); /* it fits */
	return write_new_file(path, text, error);
}

bool keystore_file_read_password(struct growing_buffer *password,
				 const char *path, struct error *error)
{
	if (!read_file(password, path, error))
		return false;
	const uint8_t *end = password->len == 0 ? NULL
						: memchr(password->data, '\n',
							 password->len);
	if (end != NULL)
		password->len = (size_t)(end - password->data);
	if (password->len > 0 && password->data[password->len - 1] == '\r')
		password->len--;
	if (password->len == 0)
		return error_set(error, ERROR_BAD_INPUT,
				 "%s: the first line is empty", path);
	return true;
}
