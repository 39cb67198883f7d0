/* SPDX-License-Identifier: MIT */
#include "operator/refusal.h"

struct refusal refusal_of(enum refusal_kind kind)
{
	return (struct refusal){ kind, VERDICT_VALID };
}

struct refusal refusal_of_verdict(enum verdict verdict)
{
	if (verdict == VERDICT_VALID)
		return REFUSED_NOT;
	return (struct refusal){ REFUSAL_BREAKS_RULE, verdict };
}

bool refusal_is_none(struct refusal refusal)
{
	return refusal.kind == REFUSAL_NONE;
}

const char *refusal_code(struct refusal refusal)
{
	switch (refusal.kind) {
	case REFUSAL_NONE:
		return "none";
	case REFUSAL_BREAKS_RULE:
		return verdict_code(refusal.verdict);
#define REFUSAL_CASE(name, code, text)                                         \
	case REFUSAL_##name:                                                   \
		return code;
		REFUSAL_LIST(REFUSAL_CASE)
#undef REFUSAL_CASE
	}
	return "none";
}

const char *refusal_text(struct refusal refusal)
{
	switch (refusal.kind) {
	case REFUSAL_NONE:
		return "accepted";
	case REFUSAL_BREAKS_RULE:
		return "the payment breaks a rule of the child chain";
#define REFUSAL_CASE(name, code, text)                                         \
	case REFUSAL_##name:                                                   \
		return text;
		REFUSAL_LIST(REFUSAL_CASE)
#undef REFUSAL_CASE
	}
	return "";
}
