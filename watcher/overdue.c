/* SPDX-License-Identifier: MIT */
#include "watcher/overdue.h"

#include "common/chain/priority.h"
#include "common/keys/address.h"
#include "watcher/deadline.h"

enum severity overdue_severity(const struct overdue *one, uint64_t now,
			       uint64_t exit_period)
{
	uint64_t late = exit_late_after(exit_period);

	if (!one->is_lost || now <= instant_after(one->last.seconds, late))
		return SEVERITY_CRITICAL;
	return now <= instant_after(one->last.seconds, exit_period)
		       ? SEVERITY_WARNING
		       : SEVERITY_OK;
}

void overdue_say(struct growing_buffer *out, const struct overdue *one)
{
	const struct output *output = &one->at_risk;
	bool is_eth = token_is_eth(&output->token);
	char amount[AMOUNT_TEXT_SIZE];
	char text[POSITION_TEXT_SIZE];
	char address[ADDRESS_TEXT_SIZE];
	char last[INSTANT_TEXT_SIZE];
	char since[INSTANT_TEXT_SIZE];

	(void)growing_buffer_format(out, "%s: %s %s",
				    one->is_lost ? "missed" : "overdue",
				    action_kind_name(one->kind), one->key);
	if (one->has_position) {
		position_format(text, one->position);
		(void)growing_buffer_format(out, " of %s", text);
	}
	amount_format(amount, output->amount, is_eth ? "ETH" : "units",
		      is_eth ? 18 : 0);
	(void)growing_buffer_format(out, ", %s", amount);
	if (!is_eth) {
		address_format(address, &output->token.address);
		(void)growing_buffer_format(out, " of token %s", address);
	}
	address_format(address, &output->owner);
	instant_format(last, one->last.seconds);
	instant_format(since, one->wanted_at.seconds);
	(void)growing_buffer_format(out, " of %s, until %s, known since %s",
				    address, last, since);
}

void overdue_json(struct growing_buffer *out, const struct overdue *one)
{
	char position[POSITION_TEXT_SIZE];
	char owner[ADDRESS_TEXT_SIZE];
	char token[ADDRESS_TEXT_SIZE];
	char amount[AMOUNT_DECIMAL_SIZE];

	position_format(position, one->position);
	address_format(owner, &one->at_risk.owner);
	address_format(token, &one->at_risk.token.address);
	(void)amount_to_decimal(amount, one->at_risk.amount);
	(void)growing_buffer_format(
		out, "{\"answer\":\"%s\",\"exit\":\"%s\",\"position\":",
		action_kind_name(one->kind), one->key);
	if (one->has_position)
		(void)growing_buffer_format(out, "\"%s\"", position);
	else
		(void)growing_buffer_format(out, "null");
	(void)growing_buffer_format(
		out,
		",\"owner\":\"%s\",\"token\":\"%s\",\"amount\":\"%s\","
		"\"wanted_at\":%llu,\"last\":%llu,\"lost\":%s}",
		owner, token, amount,
		(unsigned long long)one->wanted_at.seconds,
		(unsigned long long)one->last.seconds,
		one->is_lost ? "true" : "false");
}
