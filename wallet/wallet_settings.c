/* SPDX-License-Identifier: MIT */
#include "wallet/wallet_settings.h"

#include <stddef.h>

static const struct command_row commands[] = {
	{ "balance", NULL, 0, "what the account owns, per token" },
	{ "coins", NULL, 0, "its coins, one by one" },
	{ "key new", NULL, 0, "make a key" },
	{ "key import", "FILE", 1, "take a keystore, or a key in hex digits" },
	{ "key list", NULL, 0, "the accounts whose keys are here" },
	{ "key export", "FILE", 1, "write a key to a new file" },
	{ "address", NULL, 0, "the account, to be paid to" },
	{ "send", "TO AMOUNT", 2, "pay on the child chain" },
	{ "merge", NULL, 0, "make one coin of several small ones" },
	{ "history", NULL, 0, "what came, went and is under way" },
	{ "tx show", "HASH", 1, "one transaction that the wallet knows" },
	{ "tx decode", "HEX", 1, "what a transaction in hex digits says" },
	{ "tx resend", "[HASH]", 1, "hand signed payments in once more" },
	{ "config show", NULL, 0, "print the configuration in force" },
	{ "explain", "ID", 1, "what a PLL-number means and what to do" },
	{ NULL, NULL, 0, NULL },
};

static const struct option_row options[] = {
	{ "config", "FILE", NULL, false, "read this configuration" },
	{ "network", "FILE", NULL, false, "the network, by file or by name" },
	{ "datadir", "DIR", NULL, false, "keep everything in this directory" },
	{ "root-rpc", "URL", NULL, false, "endpoint of a root-chain node" },
	{ "operator", "URL", NULL, false, "where payments go" },
	{ "watcher", "URL", NULL, false, "your own watcher" },
	{ "keystore", "PATH", NULL, false,
	  "encrypted key, or a folder of them" },
	{ "password-file", "FILE", NULL, false,
	  "file whose first line is the password" },
	{ "password-fd", "NUMBER", NULL, false,
	  "open file to read the password from" },
	{ "new-password-file", "FILE", "key new, key import, key export", false,
	  "password of the keystore that is written" },
	{ "light", NULL, "key new, key import, key export", false,
	  "a derivation for small machines" },
	{ "plain", NULL, "key export", false,
	  "hex digits instead of a keystore" },
	{ "from", "ADDRESS", NULL, false, "the account" },
	{ "token", "TOKEN", "send, merge", false,
	  "symbol or address of a token" },
	{ "fee-token", "TOKEN", "send", false, "the token to pay the fee in" },
	{ "metadata", "HEX", "send", false, "32 bytes for the receiver" },
	{ "all", NULL, "coins, merge", false,
	  "every coin, not only one or the free ones" },
	{ "qr", NULL, "address", false, "draw a QR code" },
	{ "dry-run", NULL, "send, merge", false,
	  "show what would be done, sign nothing" },
	{ "without-watcher", NULL, NULL, false,
	  "go on although no watcher can be asked" },
	{ "force", NULL, NULL, false,
	  "go on although the watcher has halted or is busy" },
	{ "json", NULL, NULL, false, "print one JSON object" },
	{ NULL, NULL, NULL, false, NULL },
};

const struct option_table wallet_options = {
	"plasma-wallet",
	"own coins on a Plasma child chain",
	commands,
	options,
};

const struct config_row wallet_config_rows[] = {
	{ "wallet", "network", "network", NULL, false },
	{ "wallet", "datadir", "datadir", NULL, false },
	{ "wallet", "operator", "operator", NULL, false },
	{ "wallet", "watcher", "watcher", NULL, false },
	{ "wallet", "keystore", "keystore", NULL, false },
	{ "wallet", "password_file", "password-file", NULL, false },
	{ "wallet", "account", "from", NULL, false },
	{ "wallet", "max_fee_per_action", NULL, "0.05eth", false },
	{ "wallet", "max_spend_per_day", NULL, "0.5eth", false },
	{ "wallet", "max_bond", NULL, "0.5eth", false },
	{ "wallet", "tip", NULL, "1gwei", false },
	{ "root_chain", "rpc", "root-rpc", NULL, false },
	{ NULL, NULL, NULL, NULL, false },
};
