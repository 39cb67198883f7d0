/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_DOCTOR_H
#define PLASMA_COMMON_SERVICE_DOCTOR_H

/*
 * What the command `doctor` of every service begins, says and ends with: a line
 * on stdout for each thing that is looked at, right or wrong, or with --json
 * one object of all of them at the end, and an error when anything is wrong.
 */

#include <jansson.h>
#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/service/config_file.h"
#include "common/service/network_file.h"
#include "common/service/program.h"

struct doctor {
	const struct config *config;
	const char *section;	 /* of the program's settings */
	struct network *network; /* NULL until it was read */
	unsigned int wrong_count;
	json_t *checks; /* what was looked at; NULL without --json */
};

/* `section` is that of the program's settings. Borrows both arguments; end with
 * doctor_end(). */
struct doctor doctor_of(const struct command *command, const char *section);

/* One line: whether `thing` is right, and more about it, "" if there is no
 * more. */
void doctor_say(struct doctor *doctor, bool ok, const char *thing,
		const char *more);

/* The same; what there is to say is in the error if it is wrong. */
void doctor_say_result(struct doctor *doctor, bool ok, const char *thing,
		       const struct error *error);

/* Reads the configured network file; false: there is none to go on with. */
NODISCARD bool doctor_look_at_network(struct doctor *doctor);

/* Whether the data directory is there and has room. */
void doctor_look_at_datadir(struct doctor *doctor);

/* Frees what was read. ERROR_REFUSED: something is wrong. */
NODISCARD bool doctor_end(struct doctor *doctor, struct error *error);

#endif
