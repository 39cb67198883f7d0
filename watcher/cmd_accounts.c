/* SPDX-License-Identifier: MIT */
/*
 * Accounts of ours that carry code, of their own or delegated (EIP-7702): a
 * plain transfer to them may fail. Our contracts credit what fails
 * (protocol.md 8.9, W5 and W19); the public ones lose pay-outs and revert
 * challenges.
 */

#include "common/base/growing_buffer.h"
#include "common/keys/address.h"
#include "common/service/log.h"
#include "watcher/cmd.h"

#define LONGEST_CODE ((size_t)1 << 20)

static bool look_at(struct session *session, const struct address *account,
		    struct error *error)
{
	char text[ADDRESS_TEXT_SIZE];
	struct growing_buffer code;
	struct error unreachable;

	growing_buffer_init(&code, LONGEST_CODE);
	bool is_plain = !root_chain_rpc_code(session->rpc, &code, account,
					     &unreachable) ||
			code.len == 0;
	growing_buffer_clear(&code);
	if (is_plain)
		return true;
	address_format(text, account);
	if (session->network->extensions == 0)
		return error_set(
			error, ERROR_CONFIG,
			"the account %s carries code: these contracts would "
			"lose what is paid to it, and its challenges would "
			"fail",
			text);
	log_event(LOG_WARNING, "an account carries code",
		  log_text("account", text),
		  log_text("meaning",
			   "what is paid to it may have to be claimed as a "
			   "credit"));
	return true;
}

bool cmd_look_at_accounts(struct session *session, struct error *error)
{
	if (session->rpc == NULL)
		return true;
	for (size_t i = 0; i < session->owner_count; i++) {
		if (!look_at(session, &session->owners[i].address, error))
			return false;
	}
	for (size_t i = 0; i < session->signer_count; i++) {
		bool is_owner = false;

		for (size_t j = 0; j < session->owner_count; j++)
			is_owner = is_owner || session->owners[j].signer ==
						       &session->signers[i];
		if (!is_owner &&
		    !look_at(session, &session->signers[i].address, error))
			return false;
	}
	return true;
}
