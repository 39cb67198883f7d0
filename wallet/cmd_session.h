/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_CMD_SESSION_H
#define PLASMA_WALLET_CMD_SESSION_H

/*
 * What a command works with: the network, the databases under the lock of the
 * data directory, the account and its key, the services. Each part is opened
 * when it is asked for.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/keys/secret.h"
#include "common/keys/signer.h"
#include "common/service/keystore_folder.h"
#include "common/service/network_file.h"
#include "common/service/process.h"
#include "common/service/remote_signer.h"
#include "common/service/root_chain_rpc.h"
#include "common/store/signed_spend_table.h"
#include "wallet/cmd.h"
#include "wallet/omg_client.h"
#include "wallet/root_chain_fetch.h"
#include "wallet/wallet_store.h"

#define SESSION_PATH_SIZE KEYSTORE_PATH_SIZE

struct session {
	const struct command *command;
	struct network *network; /* NULL only after session_begin_keys() */
	char datadir[SESSION_PATH_SIZE];
	char keystore[SESSION_PATH_SIZE]; /* file or folder */
	struct process_lock lock;
	bool has_lock;
	struct wallet_store *store;
	struct signed_spend_table *signed_spends;
	struct address account;
	bool has_account;
	char key_file[SESSION_PATH_SIZE]; /* empty: no key of it */
	struct secret *secret;		  /* in locked memory; NULL: closed */
	struct signer signer;
	struct remote_signer *remote;	     /* NULL: the key is here */
	struct growing_buffer password;	     /* that opened it, for an export */
	struct omg_client *watcher;	     /* NULL: none configured */
	struct omg_client *operator_service; /* NULL: none configured */
	struct root_chain_rpc *rpc;
	/* No money is brought: deposits that were not sent yet are given up. */
	bool keeps_deposits;
};

/* Reads the network and finds the paths; locks and opens nothing yet. Close in
 * any case. */
NODISCARD bool session_begin(struct session *session,
			     const struct command *command,
			     struct error *error);
/* The same for what concerns keys alone: without a network, if none is
 * configured. */
NODISCARD bool session_begin_keys(struct session *session,
				  const struct command *command,
				  struct error *error);
void session_end(struct session *session);

/* False for a key that everybody has, unless the network is known to be a
 * development chain. */
bool session_allows_key(const struct session *session,
			const struct address *account);

/* Takes the lock and opens the databases. */
NODISCARD bool session_open_stores(struct session *session,
				   struct error *error);

/* Which account: --from, or the only keystore. */
NODISCARD bool session_find_account(struct session *session,
				    struct error *error);

/* Opens the keystore of the account, or turns to the remote signer; a key that
 * everybody has is refused off development chains. */
NODISCARD bool session_open_key(struct session *session, struct error *error);

/* Connects to the root chain and checks that it is the network's. */
NODISCARD bool session_open_rpc(struct session *session, struct error *error);
bool session_has_rpc(const struct session *session);

/* The operator, or an error that says how to name it. */
NODISCARD bool session_need_operator(const struct session *session,
				     struct error *error);

/* How the node of the session is asked about the root chain. */
struct root_chain_fetch session_fetch(const struct session *session);

/* Reads an amount with its unit, and the token that it is of: --token, else the
 * unit. */
/* The amount of this token. PLL-007 as below. */
NODISCARD bool session_read_amount_of(const struct session *session,
				      const struct token *token,
				      struct amount *amount, const char *text,
				      struct error *error);

NODISCARD bool session_read_amount(const struct session *session,
				   struct token *token, struct amount *amount,
				   const char *text, const char *token_text,
				   struct error *error);

/* A token by symbol or address. */
NODISCARD bool session_read_token(const struct session *session,
				  struct token *out, const char *text,
				  struct error *error);

NODISCARD bool session_read_position(struct position *out, const char *text,
				     struct error *error);
NODISCARD bool session_read_address(struct address *out, const char *text,
				    struct error *error);

#endif
