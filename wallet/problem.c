/* SPDX-License-Identifier: MIT */
#include "wallet/problem.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ID_LEN 7

struct problem_row {
	const char *id;
	enum error_code code;
	const char *why;
	const char *remedy;
};

static const struct problem_row rows[] = {
#define PROBLEM_ROW(name, id, code, why, remedy) { id, code, why, remedy },
	PROBLEM_LIST(PROBLEM_ROW)
#undef PROBLEM_ROW
};

void problem_fill(struct error *error, enum problem problem, const char *format,
		  ...)
{
	char message[sizeof(error->message)];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(message, sizeof(message), format,
			arguments); /* cut is fine */
	va_end(arguments);
	error_fill(error, rows[problem].code, "%s: %s", rows[problem].id,
		   message);
}

bool problem_from_id(enum problem *out, const char *id)
{
	for (size_t i = 0; i < PROBLEM_COUNT; i++) {
		size_t at = 0;

		while (at < ID_LEN &&
		       toupper((unsigned char)id[at]) == rows[i].id[at])
			at++;
		if (at == ID_LEN && id[at] == '\0') {
			*out = (enum problem)i;
			return true;
		}
	}
	return false;
}

/* Where an id stands in the message, NULL if none does. */
static const char *find_id(const struct error *error, enum problem *problem)
{
	const char *at = strstr(error->message, "PLL-");
	char id[ID_LEN + 1];

	if (at == NULL || strlen(at) < ID_LEN)
		return NULL;
	memcpy(id, at, ID_LEN);
	id[ID_LEN] = '\0';
	return problem_from_id(problem, id) ? at : NULL;
}

enum problem problem_of_error(const struct error *error)
{
	enum problem problem;

	if (find_id(error, &problem) != NULL)
		return problem;
	for (size_t i = PROBLEM_ANSWER_NO; i < PROBLEM_COUNT; i++) {
		if (rows[i].code == error->code)
			return (enum problem)i;
	}
	return PROBLEM_SELF_TEST;
}

const char *problem_message(const struct error *error)
{
	enum problem problem;
	const char *at = find_id(error, &problem);

	/* Behind the id, a colon and a blank. */
	return at == NULL || strlen(at) < ID_LEN + 2 ? error->message
						     : at + ID_LEN + 2;
}

const char *problem_id(enum problem problem)
{
	return rows[problem].id;
}

const char *problem_why(enum problem problem)
{
	return rows[problem].why;
}

const char *problem_remedy(enum problem problem)
{
	return rows[problem].remedy;
}
