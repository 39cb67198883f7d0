/* SPDX-License-Identifier: MIT */
#include "wallet/cmd_session.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/memory.h"
#include "common/keys/address.h"
#include "common/keys/published_key.h"
#include "common/service/keystore_file.h"
#include "common/service/network_check.h"
#include "common/service/password_source.h"
#include "common/service/user_folder.h"
#include "wallet/problem.h"

#define RPC_CEILING ((size_t)16 << 20)

/* ---- network and paths ---- */

static bool too_long(struct error *error)
{
	return error_set(error, ERROR_CONFIG, "a path is too long");
}

/* A path, or a name in the folder of networks of the person or the machine. */
static bool read_network(struct session *session, struct error *error)
{
	const char *name =
		config_text(session->command->config, "wallet", "network");
	char folder[SESSION_PATH_SIZE];
	char path[SESSION_PATH_SIZE];

	if (name == NULL)
		return problem_set(error, PROBLEM_NO_NETWORK,
				   "no network is configured");
	if (!user_folder_config(folder, sizeof(folder), "networks"))
		folder[0] = '\0';
	if (!network_path(path, sizeof(path), folder, name))
		return problem_set(error, PROBLEM_NO_NETWORK,
				   "%s is neither a file nor the name of a "
				   "network",
				   name);
	return network_read_new(&session->network, path, error);
}

static bool find_paths(struct session *session, struct error *error)
{
	const struct config *config = session->command->config;
	const char *datadir = config_text(config, "wallet", "datadir");
	const char *keystore = config_text(config, "wallet", "keystore");
	bool ok;

	ok = datadir != NULL
		     ? snprintf(session->datadir, SESSION_PATH_SIZE, "%s",
				datadir) < SESSION_PATH_SIZE
		     : user_folder_data(session->datadir, SESSION_PATH_SIZE,
					session->network == NULL
						? "keystore"
						: session->network->name);
	if (ok && keystore != NULL)
		ok = snprintf(session->keystore, SESSION_PATH_SIZE, "%s",
			      keystore) < SESSION_PATH_SIZE;
	else if (ok && datadir != NULL)
		ok = snprintf(session->keystore, SESSION_PATH_SIZE,
			      "%s/keystore", datadir) < SESSION_PATH_SIZE;
	else if (ok)
		ok = user_folder_data(session->keystore, SESSION_PATH_SIZE,
				      "keystore");
	return ok ? true : too_long(error);
}

bool session_begin_keys(struct session *session, const struct command *command,
			struct error *error)
{
	bool has_network =
		config_text(command->config, "wallet", "network") != NULL;

	memset(session, 0, sizeof(*session));
	session->command = command;
	return (!has_network || read_network(session, error)) &&
	       find_paths(session, error);
}

bool session_begin(struct session *session, const struct command *command,
		   struct error *error)
{
	struct config *config = command->config;

	memset(session, 0, sizeof(*session));
	session->command = command;
	if (!read_network(session, error) || !find_paths(session, error))
		return false;
	if (session->network->operator_url[0] != '\0')
		config_offer(config, "wallet", "operator",
			     session->network->operator_url,
			     config_text(config, "wallet", "network"));
	const char *watcher = config_text(config, "wallet", "watcher");
	const char *operator_url = config_text(config, "wallet", "operator");
	if (watcher != NULL)
		session->watcher = omg_client_new(watcher, "the watcher");
	if (operator_url != NULL)
		session->operator_service =
			omg_client_new(operator_url, "the operator");
	return true;
}

void session_end(struct session *session)
{
	if (session->secret != NULL) {
		secret_wipe(session->secret);
		sodium_free(session->secret);
	}
	password_source_wipe(&session->password);
	remote_signer_free(session->remote);
	root_chain_rpc_free(session->rpc);
	omg_client_free(session->operator_service);
	omg_client_free(session->watcher);
	signed_spend_table_close(session->signed_spends);
	wallet_store_close(session->store);
	if (session->has_lock)
		process_lock_release(&session->lock);
	network_free(session->network);
	memset(session, 0, sizeof(*session));
}

/* Makes signed.db elsewhere and puts it in place when it is whole: an empty
 * file of its name is none that a wallet left behind. */
static bool make_signed_spends(const struct session *session, const char *path,
			       struct error *error)
{
	const struct network *network = session->network;
	struct signed_spend_table *table;
	char part[SESSION_PATH_SIZE + 32];

	(void)snprintf(part, sizeof(part), "%s.part", path); /* it fits */
	(void)unlink(part); /* of one that was killed; mostly there is none */
	if (!signed_spend_table_open(&table, part, network->chain_id,
				     &network->plasma_framework, error))
		return false;
	signed_spend_table_close(table);
	int folder = open(session->datadir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = (folder >= 0 && rename(part, path) == 0 &&
		   fsync(folder) == 0) ||
		  error_set(error, ERROR_CANNOT_CREATE, "%s: %s", path,
			    strerror(errno));

	if (folder >= 0)
		(void)close(folder); /* only read */
	return ok;
}

/* One that was emptied would let every coin be signed away a second time. */
static bool open_signed_spends(struct session *session, struct error *error)
{
	const struct network *network = session->network;
	char path[SESSION_PATH_SIZE + 16];
	struct stat file;

	(void)snprintf(path, sizeof(path), "%s/signed.db",
		       session->datadir); /* it fits */
	if (stat(path, &file) == 0 && file.st_size == 0)
		return error_set(error, ERROR_BAD_INPUT,
				 "%s is empty, so nobody knows which coins are "
				 "signed away: put a copy back, or take the "
				 "file away if nothing was ever signed",
				 path);
	if (access(path, F_OK) != 0 && errno == ENOENT &&
	    !make_signed_spends(session, path, error))
		return false;
	return signed_spend_table_open(&session->signed_spends, path,
				       network->chain_id,
				       &network->plasma_framework, error);
}

bool session_open_stores(struct session *session, struct error *error)
{
	const struct network *network = session->network;
	char path[SESSION_PATH_SIZE + 16];

	if (session->store != NULL)
		return true;
	if (!process_lock_take(&session->lock, session->datadir, error))
		return false;
	session->has_lock = true;
	(void)snprintf(path, sizeof(path), "%s/wallet.db",
		       session->datadir); /* it fits */
	if (!wallet_store_open(&session->store, path, network->chain_id,
			       &network->plasma_framework, error))
		return false;
	return open_signed_spends(session, error);
}

/* ---- account and key ---- */

static bool read_password(struct session *session, struct error *error)
{
	const struct command *command = session->command;
	char account[ADDRESS_TEXT_SIZE];
	char prompt[128];
	struct password_source source = {
		.file = config_text(command->config, "wallet", "password_file"),
		.descriptor = options_value(command->options, "password-fd"),
		.credential = "plasma-wallet-password",
		.prompt = prompt,
	};

	address_format(account, &session->account);
	(void)snprintf(prompt, sizeof(prompt), "Password of %s",
		       session->has_account ? account
					    : "the keystore"); /* it fits */
	if (password_source_read(&session->password, &source, error))
		return true;
	if (error->code != ERROR_PERMISSION || source.file != NULL)
		return false;
	return problem_set(error, PROBLEM_NO_PASSWORD,
			   "there is no password of the keystore");
}

/* Decrypts the keystore file into memory of its own. */
static bool read_secret(struct session *session, struct error *error)
{
	if (!keystore_folder_check_private(session->key_file, error)) {
		struct error detail = *error;

		return detail.code == ERROR_PERMISSION
			       ? problem_set(error, PROBLEM_KEYSTORE_EXPOSED,
					     "%s", detail.message)
			       : false;
	}
	if (sodium_init() < 0)
		return error_set(error, ERROR_SOFTWARE, "libsodium fails");
	struct secret *secret = sodium_malloc(sizeof(*secret));
	if (secret == NULL)
		return error_set(error, ERROR_IO, "no memory for a key");
	password_source_wipe(&session->password);
	bool ok = read_password(session, error) &&
		  keystore_file_read(secret, session->key_file,
				     growing_buffer_view(&session->password),
				     error);
	if (!ok) {
		sodium_free(secret);
		return false;
	}
	session->secret = secret;
	session->signer = signer_of_secret(secret);
	return true;
}

/* The keystore of the wanted account among the entries, or the only one. */
static bool choose_entry(struct session *session,
			 const struct keystore_entry *entries, size_t count,
			 struct error *error)
{
	const struct keystore_entry *chosen = NULL;

	if (!session->has_account && count > 1)
		return problem_set(error, PROBLEM_SEVERAL_KEYS,
				   "%s has %zu keystores", session->keystore,
				   count);
	if (!session->has_account && count == 0)
		return problem_set(error, PROBLEM_NO_KEY, "%s has no keystore",
				   session->keystore);
	for (size_t i = 0; i < count; i++) {
		bool is_it =
			!session->has_account ||
			(entries[i].has_account &&
			 address_equal(&entries[i].account, &session->account));

		/* One that names no account may be the one. */
		if (is_it || (count == 1 && !entries[i].has_account))
			chosen = &entries[i];
	}
	if (chosen == NULL)
		return true; /* to look at an account needs no key */
	(void)snprintf(session->key_file, SESSION_PATH_SIZE, "%s",
		       chosen->path); /* it fits */
	if (session->has_account)
		return true;
	session->has_account = chosen->has_account;
	session->account = chosen->account;
	return true;
}

bool session_find_account(struct session *session, struct error *error)
{
	const char *text =
		config_text(session->command->config, "wallet", "account");
	size_t count;

	if (session->has_account)
		return true;
	if (text != NULL) {
		if (!session_read_address(&session->account, text, error))
			return false;
		session->has_account = true;
	}
	struct keystore_entry *entries =
		memory_new(KEYSTORE_FOLDER_MAX_FILES, sizeof(*entries));
	bool ok =
		keystore_folder_list(entries, &count, KEYSTORE_FOLDER_MAX_FILES,
				     session->keystore, error) &&
		choose_entry(session, entries, count, error);
	memory_free(entries);
	if (!ok || session->has_account)
		return ok;
	/* The file does not say whose it is: only the key does. */
	if (!read_secret(session, error))
		return false;
	session->account = session->signer.address;
	session->has_account = true;
	return true;
}

bool session_allows_key(const struct session *session,
			const struct address *account)
{
	return !published_key_is(account) ||
	       (session->network != NULL &&
		published_key_is_allowed(session->network->chain_id));
}

static bool check_key(const struct session *session, struct error *error)
{
	char account[ADDRESS_TEXT_SIZE];

	address_format(account, &session->account);
	if (!address_equal(&session->signer.address, &session->account))
		return problem_set(error, PROBLEM_NO_KEY,
				   "%s is not the keystore of %s",
				   session->key_file, account);
	if (!session_allows_key(session, &session->account))
		return problem_set(error, PROBLEM_PUBLISHED_KEY,
				   "everybody has the key of %s", account);
	return true;
}

/* The key is elsewhere: whose it is has to be said. */
static bool open_remote(struct session *session, const char *url,
			struct error *error)
{
	if (config_text(session->command->config, "wallet", "account") == NULL)
		return problem_set(error, PROBLEM_NO_KEY,
				   "a remote signer needs --from ADDRESS");
	if (session->remote == NULL)
		session->remote = remote_signer_new(url, &session->account);
	session->signer = remote_signer_borrow(session->remote);
	return check_key(session, error);
}

bool session_open_key(struct session *session, struct error *error)
{
	const char *remote =
		config_text(session->command->config, "wallet", "signer");
	char account[ADDRESS_TEXT_SIZE];

	if (!session_find_account(session, error))
		return false;
	if (remote != NULL)
		return open_remote(session, remote, error);
	address_format(account, &session->account);
	if (session->key_file[0] == '\0')
		return problem_set(error, PROBLEM_NO_KEY,
				   "%s has no keystore of %s",
				   session->keystore, account);
	if (session->secret == NULL && !read_secret(session, error))
		return false;
	return check_key(session, error);
}

/* ---- services ---- */

bool session_has_rpc(const struct session *session)
{
	return config_text(session->command->config, "root_chain", "rpc") !=
	       NULL;
}

bool session_open_rpc(struct session *session, struct error *error)
{
	const char *url =
		config_text(session->command->config, "root_chain", "rpc");
	struct error problem;

	if (session->rpc != NULL)
		return true;
	if (url == NULL)
		return problem_set(error, PROBLEM_ROOT_CHAIN_MISSING,
				   "no root-chain node is configured");
	struct root_chain_rpc *rpc =
		root_chain_rpc_new(url, HTTP_LIMITS_USUAL, RPC_CEILING);
	if (network_check_ask(rpc, session->network, &problem)) {
		session->rpc = rpc;
		return true;
	}
	root_chain_rpc_free(rpc);
	if (problem.code == ERROR_CONFIG)
		return problem_set(error, PROBLEM_OTHER_ROOT_CHAIN, "%s",
				   problem.message);
	*error = problem;
	return false;
}

bool session_need_operator(const struct session *session, struct error *error)
{
	return session->operator_service != NULL
		       ? true
		       : problem_set(error, PROBLEM_NO_OPERATOR,
				     "no operator is configured");
}

/* ---- what people type ---- */

bool session_read_address(struct address *out, const char *text,
			  struct error *error)
{
	return address_parse(out, text, strlen(text)) && !address_is_zero(out)
		       ? true
		       : problem_set(error, PROBLEM_BAD_ADDRESS,
				     "%.60s is not an address, or its "
				     "checksum is wrong",
				     text);
}

bool session_read_position(struct position *out, const char *text,
			   struct error *error)
{
	struct u256 number;

	return u256_from_decimal(&number, text, strlen(text)) &&
			       position_from_u256(out, number)
		       ? true
		       : problem_set(error, PROBLEM_BAD_POSITION,
				     "%.40s is not a position", text);
}

bool session_read_token(const struct session *session, struct token *out,
			const char *text, struct error *error)
{
	const struct network_token *known =
		network_token_by_symbol(session->network, text);

	if (strcmp(text, "ETH") == 0 || strcmp(text, "eth") == 0) {
		*out = TOKEN_ETH;
		return true;
	}
	if (strncmp(text, "0x", 2) == 0) {
		struct address address;

		if (!session_read_address(&address, text, error))
			return false;
		out->address = address;
		return true;
	}
	if (known == NULL)
		return problem_set(error, PROBLEM_UNKNOWN_TOKEN,
				   "the network knows no token %.40s", text);
	*out = known->token;
	return true;
}

/* The unit behind a number. */
static const char *unit_of(const char *text)
{
	return text + strspn(text, "0123456789. ");
}

static bool parse_amount(const struct session *session,
			 const struct token *token, struct amount *amount,
			 const char *text)
{
	const struct network_token *known =
		network_token_find(session->network, token);

	if (amount_parse(amount, text, "units", 0))
		return true;
	if (token_is_eth(token))
		return amount_parse(amount, text, NULL, 0) ||
		       amount_parse(amount, text, "ETH", 18);
	return known != NULL &&
	       amount_parse(amount, text, known->symbol, known->decimals);
}

/* Why a text is no amount of the token. */
static bool say_no_amount(const struct session *session,
			  const struct token *token, const char *text,
			  struct error *error)
{
	const char *unit = unit_of(text);
	struct amount one;
	char probe[64];

	if (*unit == '\0')
		return problem_set(error, PROBLEM_BAD_AMOUNT,
				   "%.60s has no unit", text);
	(void)snprintf(probe, sizeof(probe), "1%.60s",
		       unit); /* a longer one is no unit */
	if (!parse_amount(session, token, &one, probe))
		return problem_set(error, PROBLEM_BAD_AMOUNT,
				   "%.60s: %.20s is no unit of that token",
				   text, unit);
	return problem_set(error, PROBLEM_BAD_AMOUNT,
			   "%.60s is no number, or too large, or has more "
			   "digits behind the point than %.20s has",
			   text, unit);
}

bool session_read_amount_of(const struct session *session,
			    const struct token *token, struct amount *amount,
			    const char *text, struct error *error)
{
	if (!parse_amount(session, token, amount, text))
		return say_no_amount(session, token, text, error);
	return !amount_is_zero(*amount) ||
	       problem_set(error, PROBLEM_BAD_AMOUNT, "%.60s is nothing", text);
}

/* True for what may stand behind a number of ether, nothing among it. */
static bool is_ether(const struct session *session, const char *unit)
{
	struct amount one;
	char probe[64];

	(void)snprintf(probe, sizeof(probe), "1%.60s",
		       unit); /* a longer one is no unit */
	return *unit == '\0' || parse_amount(session, &TOKEN_ETH, &one, probe);
}

struct root_chain_fetch session_fetch(const struct session *session)
{
	return (struct root_chain_fetch){ session->rpc, session->network };
}

bool session_read_amount(const struct session *session, struct token *token,
			 struct amount *amount, const char *text,
			 const char *token_text, struct error *error)
{
	const char *unit = unit_of(text);
	const struct network_token *known =
		network_token_by_symbol(session->network, unit);

	if (token_text != NULL)
		return session_read_token(session, token, token_text, error) &&
		       session_read_amount_of(session, token, amount, text,
					      error);
	*token = known != NULL ? known->token : TOKEN_ETH;
	if (known == NULL && !is_ether(session, unit))
		return problem_set(error, PROBLEM_UNKNOWN_TOKEN,
				   "the network knows no token %.40s", unit);
	return session_read_amount_of(session, token, amount, text, error);
}
