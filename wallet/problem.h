/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_PROBLEM_H
#define PLASMA_WALLET_PROBLEM_H

/*
 * What can go wrong with a wallet, each with a stable id (PLL-001) that
 * `explain` and the manual page know: what it is, why, and what to do. The id
 * stands in the message of the struct error; what comes from elsewhere has the
 * id of its error code.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"

/* X(NAME, id, error code, why, what to do). Ids are never used again. */
#define PROBLEM_LIST(X)                                                        \
	X(NO_NETWORK, "PLL-001", ERROR_CONFIG,                                 \
	  "the network file says which chain and which contracts",             \
	  "give --network FILE, or put network = FILE into the "               \
	  "configuration")                                                     \
	X(NO_KEY, "PLL-002", ERROR_NO_INPUT,                                   \
	  "there is no keystore of this account",                              \
	  "make one with `plasma-wallet key new`, import one, or give "        \
	  "--keystore")                                                        \
	X(SEVERAL_KEYS, "PLL-003", ERROR_USAGE,                                \
	  "the keystore folder has several accounts",                          \
	  "say which one with --from ADDRESS")                                 \
	X(NO_PASSWORD, "PLL-004", ERROR_PERMISSION,                            \
	  "a keystore opens only with its password, which is never taken "     \
	  "from the command line or the environment",                          \
	  "give --password-file or --password-fd, or run on a terminal")       \
	X(PUBLISHED_KEY, "PLL-005", ERROR_REFUSED,                             \
	  "the key belongs to the mnemonic that every development chain "      \
	  "uses: everybody has it",                                            \
	  "use another key; only chains 1337 and 31337 take this one")         \
	X(BAD_ADDRESS, "PLL-006", ERROR_BAD_INPUT,                             \
	  "an address is 0x and 40 hex digits, whose capitals are a "          \
	  "checksum",                                                          \
	  "copy it again from its source")                                     \
	X(BAD_AMOUNT, "PLL-007", ERROR_BAD_INPUT,                              \
	  "an amount has a unit: 1.5eth, 250gwei, 1000wei, or the symbol of "  \
	  "a token",                                                           \
	  "write a number above zero and its unit behind it, with no more "    \
	  "digits than the unit has")                                          \
	X(UNKNOWN_TOKEN, "PLL-008", ERROR_BAD_INPUT,                           \
	  "the network file does not list the token",                          \
	  "give its address with --token, and the amount in units")            \
	X(BAD_POSITION, "PLL-009", ERROR_BAD_INPUT,                            \
	  "a coin is named by its position, a number as `coins` prints it",    \
	  "copy it from `plasma-wallet coins`")                                \
	X(NOT_ENOUGH, "PLL-010", ERROR_REFUSED,                                \
	  "the free coins of the account do not cover amount and fee",         \
	  "look at `plasma-wallet coins`: coins that are being spent or "      \
	  "exited do not count")                                               \
	X(TOO_SCATTERED, "PLL-011", ERROR_REFUSED,                             \
	  "a payment has at most five inputs, and the coins are too small",    \
	  "run `plasma-wallet merge` first, which costs no fee")               \
	X(COIN_SIGNED_AWAY, "PLL-012", ERROR_REFUSED,                          \
	  "a coin is signed away once, for ever: a second signature could "    \
	  "cost its whole value",                                              \
	  "send the first transaction again with `tx resend`, or take the "    \
	  "coin out with `exit start`")                                        \
	X(CHAIN_HALTED, "PLL-013", ERROR_REFUSED,                              \
	  "the watcher has found that the chain is not run honestly",          \
	  "sign nothing; look at `plasma-watcher status` and let it exit, or " \
	  "use `exit start`")                                                  \
	X(ACCOUNT_BUSY, "PLL-014", ERROR_TRY_AGAIN,                            \
	  "the watcher is sending transactions from the same account, and "    \
	  "nonces must not collide",                                           \
	  "wait until `plasma-watcher status` shows no open action")           \
	X(WATCHER_SILENT, "PLL-015", ERROR_UNREACHABLE,                        \
	  "without the watcher nobody can say whether the chain is in order",  \
	  "start the watcher, or go on at your own risk with "                 \
	  "--without-watcher")                                                 \
	X(WATCHER_BEHIND, "PLL-016", ERROR_TRY_AGAIN,                          \
	  "a coin is spent only when the watcher has verified every block "    \
	  "before it",                                                         \
	  "wait until the watcher has caught up")                              \
	X(NO_OPERATOR, "PLL-017", ERROR_CONFIG, "payments go to the operator", \
	  "give --operator URL, or operator_url in the network file")          \
	X(OPERATOR_REFUSES, "PLL-018", ERROR_REFUSED,                          \
	  "the operator did not take the transaction; its code says why",      \
	  "the signature is kept: `tx resend` sends the same transaction "     \
	  "again")                                                             \
	X(OPERATOR_SILENT, "PLL-019", ERROR_UNREACHABLE,                       \
	  "the operator did not answer, so the payment may or may not be "     \
	  "accepted",                                                          \
	  "run `tx resend`: sending the same transaction twice is harmless")   \
	X(NO_FEE, "PLL-020", ERROR_REFUSED,                                    \
	  "the operator takes a fee in certain tokens only",                   \
	  "choose another one with --fee-token")                               \
	X(UNKNOWN_COIN, "PLL-021", ERROR_NO_INPUT,                             \
	  "the wallet does not know the coin, or has no proof of it",          \
	  "let the watcher catch up and try again")                            \
	X(NOT_OUR_COIN, "PLL-022", ERROR_REFUSED,                              \
	  "only the owner of a coin can sign it away or exit it",              \
	  "choose the owner's keystore with --from")                           \
	X(COIN_SPENT, "PLL-023", ERROR_REFUSED,                                \
	  "the coin was spent in a verified block, so an exit of it would "    \
	  "be challenged and the bond lost",                                   \
	  "exit what was made of it instead")                                  \
	X(EXIT_UNDER_WAY, "PLL-024", ERROR_REFUSED,                            \
	  "the coin has an exit already, or was paid out",                     \
	  "look at `exit status`")                                             \
	X(FEE_COIN, "PLL-025", ERROR_REFUSED,                                  \
	  "a fee output has no standard exit", "spend it to yourself first")   \
	X(SIGNATURES_MISSING, "PLL-026", ERROR_REFUSED,                        \
	  "the coin is signed away in a transaction of which not all "         \
	  "signatures or proofs are here",                                     \
	  "run `tx resend`, which signs yours to the end; ask the other "      \
	  "owners for theirs, or wait for somebody else to start the exit "    \
	  "and piggyback")                                                     \
	X(ROOT_CHAIN_MISSING, "PLL-027", ERROR_CONFIG,                         \
	  "deposits and exits are transactions of the root chain",             \
	  "give --root-rpc URL, or rpc = in section [root_chain]")             \
	X(OTHER_ROOT_CHAIN, "PLL-028", ERROR_CONFIG,                           \
	  "the node follows another chain than the network file is about, "    \
	  "or its contracts say otherwise than the file",                      \
	  "check --root-rpc and --network")                                    \
	X(CONTRACT_OWNER, "PLL-029", ERROR_REFUSED,                            \
	  "the account has contract code, which these contracts pay with "     \
	  "2300 gas: the money could be lost",                                 \
	  "remove the delegation of the account first")                        \
	X(DEPOSIT_UNDER_WAY, "PLL-030", ERROR_TRY_AGAIN,                       \
	  "an earlier transaction is not finished",                            \
	  "run `plasma-wallet resume` first, which makes no second one")       \
	X(DEPOSIT_TOO_SMALL, "PLL-031", ERROR_REFUSED,                         \
	  "the vault refuses smaller deposits, and tokens it does not know",   \
	  "deposit more; the network file lists the minimum")                  \
	X(STUCK, "PLL-032", ERROR_TRY_AGAIN,                                   \
	  "the transaction is on disk and was sent, but is not mined yet or "  \
	  "cannot be paid for",                                                \
	  "run `plasma-wallet resume` later; nothing is lost")                 \
	X(NOT_DUE, "PLL-033", ERROR_TRY_AGAIN,                                 \
	  "an exit is paid when its time has come and it is at the head of "   \
	  "its queue",                                                         \
	  "wait for the date that `exit status` gives")                        \
	X(MISSED, "PLL-034", ERROR_REFUSED,                                    \
	  "the contract refuses the transaction, or its goal can no longer "   \
	  "be reached",                                                        \
	  "look at `exit status` and at `doctor`")                             \
	X(EVIDENCE_BROKEN, "PLL-035", ERROR_REFUSED,                           \
	  "the parts of the file do not prove what it says",                   \
	  "do not rely on it; export the coin again")                          \
	X(EVIDENCE_UNTRUSTED, "PLL-036", ERROR_REFUSED,                        \
	  "the file rests on an eth_block that is not the one you trust",      \
	  "compare the hash with a source that you trust")                     \
	X(WATCHER_LIES, "PLL-037", ERROR_PROTOCOL,                             \
	  "what the watcher says contradicts itself or the root chain",        \
	  "is it your own watcher, of this network?")                          \
	X(NOTHING_TO_DO, "PLL-038", ERROR_REFUSED,                             \
	  "there is nothing that the command could work on",                   \
	  "look at `plasma-wallet coins`")                                     \
	X(KEYSTORE_EXPOSED, "PLL-039", ERROR_PERMISSION,                       \
	  "keys that others can read or change are not used",                  \
	  "chmod 600 the file and 700 its folder, on a local disk")            \
	X(NO_QR, "PLL-040", ERROR_CONFIG, "this build has no QR codes",        \
	  "build it with libqrencode")                                         \
	X(UNKNOWN_TRANSACTION, "PLL-041", ERROR_NO_INPUT,                      \
	  "the wallet has no such transaction",                                \
	  "look at `plasma-wallet history`")                                   \
	X(NEED_WATCHER, "PLL-042", ERROR_CONFIG,                               \
	  "without a watcher of your own nobody checks the operator",          \
	  "give --watcher URL, or go on at your own risk with "                \
	  "--without-watcher")                                                 \
	X(BOND_TOO_HIGH, "PLL-043", ERROR_REFUSED,                             \
	  "the contract asks for a larger bond than you allow",                \
	  "raise max_bond in the configuration, or wait")                      \
	X(DOCTOR_FOUND, "PLL-044", ERROR_REFUSED,                              \
	  "something is not as it should be", "do what the lines above say")   \
	X(DEPOSIT_NOT_FINAL, "PLL-045", ERROR_TRY_AGAIN,                       \
	  "the operator credits a deposit when the root chain is final "       \
	  "there",                                                             \
	  "the signature is kept: `tx resend` hands the payment in later")     \
	X(FEE_TOO_HIGH, "PLL-046", ERROR_REFUSED,                              \
	  "the operator sets the fee, and may ask for anything",               \
	  "if the fee is right, give --max-fee with it; or choose another "    \
	  "token with --fee-token")                                            \
	X(ANSWER_NO, "PLL-101", ERROR_REFUSED, "the answer is no",             \
	  "the line above says why")                                           \
	X(USAGE, "PLL-164", ERROR_USAGE, "the command line is wrong",          \
	  "see plasma-wallet --help")                                          \
	X(BAD_INPUT, "PLL-165", ERROR_BAD_INPUT,                               \
	  "a file or a value is not what it has to be",                        \
	  "check what the line above names")                                   \
	X(NO_INPUT, "PLL-166", ERROR_NO_INPUT, "a file is not there",          \
	  "check its name")                                                    \
	X(UNREACHABLE, "PLL-169", ERROR_UNREACHABLE,                           \
	  "a server does not answer", "check the address and the network")     \
	X(SELF_TEST, "PLL-170", ERROR_SOFTWARE,                                \
	  "this build or this machine is broken", "do not use it")             \
	X(CANNOT_CREATE, "PLL-173", ERROR_CANNOT_CREATE,                       \
	  "a file cannot be made, or is there already",                        \
	  "check its folder and its name")                                     \
	X(DISK, "PLL-174", ERROR_IO, "the disk or a database failed",          \
	  "check space and permissions; what was done before is kept")         \
	X(LOCKED, "PLL-175", ERROR_TRY_AGAIN, "somebody else is at it",        \
	  "try again in a moment")                                             \
	X(BROKEN_PEER, "PLL-176", ERROR_PROTOCOL,                              \
	  "a server answers what it must not answer",                          \
	  "is it the right address?")                                          \
	X(PERMISSION, "PLL-177", ERROR_PERMISSION,                             \
	  "the password is wrong, or something is not allowed",                \
	  "check password and permissions")                                    \
	X(CONFIG, "PLL-178", ERROR_CONFIG, "the configuration is wrong",       \
	  "see plasma-wallet(1), and `plasma-wallet config show`")

enum problem {
#define PROBLEM_VALUE(name, id, code, why, remedy) PROBLEM_##name,
	PROBLEM_LIST(PROBLEM_VALUE)
#undef PROBLEM_VALUE
		PROBLEM_COUNT
};

/* What problem_set() does. */
void problem_fill(struct error *error, enum problem problem, const char *format,
		  ...) PRINTF_LIKE(3, 4);

/* problem_set(error, problem, format, ...) fills `error` with the code of the
 * problem and "ID: message" and gives false, which compilers see. */
#define problem_set(error, ...)                                                \
	(problem_fill(error, __VA_ARGS__), error_false())

/* The problem that an error tells of: by the id in its message, else by its
 * code. */
enum problem problem_of_error(const struct error *error);

/* The message without the id. */
const char *problem_message(const struct error *error);

const char *problem_id(enum problem problem);
const char *problem_why(enum problem problem);
const char *problem_remedy(enum problem problem);

/* False if there is no such id; the case of its letters does not matter. */
NODISCARD bool problem_from_id(enum problem *out, const char *id);

#endif
