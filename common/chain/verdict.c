/* SPDX-License-Identifier: MIT */
#include "common/chain/verdict.h"

#include <assert.h>
#include <string.h>

static const struct {
	const char *code;
	enum verdict_grade grade;
} rules[] = { { "valid", VERDICT_GRADE_NONE },
#define RULE(name, code, grade) { code, VERDICT_GRADE_##grade },
	      VERDICT_LIST(RULE)
#undef RULE
};

static_assert(sizeof(rules) / sizeof(rules[0]) == VERDICT_COUNT,
	      "every rule has its row");

const char *verdict_code(enum verdict verdict)
{
	return rules[verdict].code;
}

enum verdict_grade verdict_grade(enum verdict verdict)
{
	return rules[verdict].grade;
}

bool verdict_from_code(enum verdict *out, const char *code)
{
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (strcmp(rules[i].code, code) == 0) {
			*out = (enum verdict)i;
			return true;
		}
	}
	return false;
}
