/* SPDX-License-Identifier: MIT */
#include "common/actions/action_sender.h"

#include "common/base/memory.h"

struct action_sender {
	struct action_sender_parts parts;
};

struct action_sender *action_sender_new(const struct action_sender_parts *parts)
{
	struct action_sender *sender = memory_new(1, sizeof(*sender));

	sender->parts = *parts;
	return sender;
}

void action_sender_free(struct action_sender *sender)
{
	memory_free(sender);
}
