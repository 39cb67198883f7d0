/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_OPERATOR_OPTIONS_H
#define PLASMA_OPERATOR_OPERATOR_OPTIONS_H

/*
 * What may be typed and configured: one table of keys. A value comes from the
 * command line, else from the environment (PLASMA_OPERATOR_KEY), else from the
 * configuration file, else it is the built-in one.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/base/attributes.h"
#include "common/base/error.h"

#define OPTION_LIST(X)                                                         \
	/* id, name, key in the file or NULL, default, argument, help */       \
	X(CONFIG, "config", NULL, "/etc/plasma-chain/operator.conf", "FILE",   \
	  "read this configuration")                                           \
	X(DATADIR, "datadir", "datadir", "/var/lib/plasma-operator", "DIR",    \
	  "keep everything in this directory")                                 \
	X(NETWORK, "network", "network", NULL, "FILE", "the network file")     \
	X(SNAPSHOT, "snapshot", "snapshot",                                    \
	  "/var/lib/plasma-rootchain/rootchain.db", "FILE",                    \
	  "the snapshot of the root chain")                                    \
	X(ROOT_RPC, "root-rpc", "root_rpc", NULL, "URL",                       \
	  "endpoint of a root-chain node")                                     \
	X(KEYSTORE, "keystore", "keystore", NULL, "FILE",                      \
	  "encrypted key of the authority, or of the deployer")                \
	X(PASSWORD_FILE, "password-file", "password_file", NULL, "FILE",       \
	  "file whose first line is the password of the keystore")             \
	X(LISTEN, "listen", "listen", "127.0.0.1:9656", "ADDRESS:PORT",        \
	  "where to serve HTTP")                                               \
	X(FEES, "fees", "fees", NULL, "FILE", "the fee file")                  \
	X(FEE_CLAIMER, "fee-claimer", "fee_claimer", NULL, "ADDRESS",          \
	  "who owns the fee outputs")                                          \
	X(BLOCK_INTERVAL_MS, "block-interval-ms", "block_interval_ms",         \
	  "15000", "MILLISECONDS",                                             \
	  "a block closes this long after its first payment")                  \
	X(BLOCK_PAYMENTS, "block-payments", "block_payments", "65000",         \
	  "NUMBER", "a block of this many payments closes at once")            \
	X(QUEUE_LIMIT, "queue-limit", "queue_limit", "131072", "NUMBER",       \
	  "payments that may wait for a block")                                \
	X(DEPOSIT_FINALITY, "deposit-finality", "deposit_finality",            \
	  "finalized", "finalized|NUMBER", "when a deposit is credited")       \
	X(POLL_MS, "poll-ms", "poll_ms", "1000", "MILLISECONDS",               \
	  "how often the snapshot is read")                                    \
	X(WATCHER, "watcher", "watcher", NULL, "URL",                          \
	  "the operator's own watcher")                                        \
	X(MAX_FEE_GWEI, "max-fee-gwei", "max_fee_gwei", "500", "NUMBER",       \
	  "the most to pay per gas")                                           \
	X(PRIORITY_FEE_GWEI, "priority-fee-gwei", "priority_fee_gwei", "1",    \
	  "NUMBER", "the tip per gas that is offered first")                   \
	X(BLOCKS_IN_FLIGHT, "blocks-in-flight", "blocks_in_flight", "8",       \
	  "NUMBER", "roots that may be on their way at once")                  \
	X(CHECKPOINT_BLOCKS, "checkpoint-blocks", "checkpoint_blocks", "1000", \
	  "NUMBER", "a checkpoint is written every so many blocks")            \
	X(EXIT_PERIOD, "exit-period", NULL, NULL, "SECONDS",                   \
	  "deploy: the exit period, 600 to 134217728")                         \
	X(OUT, "out", NULL, NULL, "FILE", "deploy: where to write the network " \
					  "file")                              \
	X(NAME, "name", NULL, NULL, "NAME", "deploy: name of the network")     \
	X(AUTHORITY, "authority", NULL, NULL, "ADDRESS",                       \
	  "deploy: the account that will commit blocks")                       \
	X(MAINTAINER, "maintainer", NULL, NULL, "ADDRESS",                     \
	  "deploy: the account that will own the framework")                   \
	X(TOKEN, "token", NULL, NULL, "ADDRESS=MINIMUM",                       \
	  "deploy: admit a token with this smallest deposit; repeatable")      \
	X(CONTRACTS, "contracts", NULL, CONTRACTS_DIR, "DIR",                  \
	  "deploy: the compiled contracts")                                    \
	X(JSON, "json", NULL, NULL, NULL, "print one JSON object")             \
	X(HELP, "help", NULL, NULL, NULL, "print the options and end")         \
	X(VERSION, "version", NULL, NULL, NULL, "print the version and end")

enum option_id {
#define OPTION_ID(id, name, key, value, argument, help) OPTION_##id,
	OPTION_LIST(OPTION_ID)
#undef OPTION_ID
	OPTION_COUNT
};

enum option_origin {
	OPTION_ORIGIN_DEFAULT,
	OPTION_ORIGIN_FILE,
	OPTION_ORIGIN_ENVIRONMENT,
	OPTION_ORIGIN_COMMAND_LINE
};

#define OPTIONS_MAX_TOKENS 32
#define OPTIONS_MAX_WORDS 8

struct options {
	char *values[OPTION_COUNT]; /* owned; NULL: not given */
	enum option_origin origins[OPTION_COUNT];
	const char *tokens[OPTIONS_MAX_TOKENS]; /* of the command line */
	size_t token_count;
	const char *words[OPTIONS_MAX_WORDS]; /* the command and what follows */
	size_t word_count;
};

/* Reads everything. ERROR_USAGE, ERROR_CONFIG; ERROR_NO_INPUT when a file that
 * was named is not there. Clear with options_clear(). */
NODISCARD bool options_read(struct options *out, int argc, char **argv,
			    struct error *error);
void options_clear(struct options *options);

/* NULL if it was not given and there is no default. */
const char *options_text(const struct options *options, enum option_id id);

/* ERROR_USAGE, ERROR_CONFIG when it was not given. */
NODISCARD bool options_require(const char **out, const struct options *options,
			       enum option_id id, struct error *error);

/* A whole number from `least` to `most`. */
NODISCARD bool options_number(uint64_t *out, const struct options *options,
			      enum option_id id, uint64_t least, uint64_t most,
			      struct error *error);

void options_print_help(FILE *out);

/* Every key, its value and where it comes from. */
void options_print(FILE *out, const struct options *options);

#endif
