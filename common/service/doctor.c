/* SPDX-License-Identifier: MIT */
#include "common/service/doctor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "common/service/json_print.h"

#define LEAST_FREE ((uint64_t)1 << 30)

struct doctor doctor_of(const struct command *command, const char *section)
{
	return (struct doctor){ .config = command->config,
				.section = section,
				.checks = command->is_json ? json_array()
							   : NULL };
}

/* A path in `more` may be any bytes. */
static json_t *check_new(bool ok, const char *thing, const char *more)
{
	const char *result = ok ? "ok" : "bad";
	json_t *check = json_pack("{s:s,s:s,s:s}", "what", thing, "result",
				  result, "detail", more);

	return check != NULL ? check
			     : json_pack("{s:s,s:s,s:s}", "what", thing,
					 "result", result, "detail",
					 "not UTF-8: see it without --json");
}

void doctor_say(struct doctor *doctor, bool ok, const char *thing,
		const char *more)
{
	doctor->wrong_count += ok ? 0 : 1;
	if (doctor->checks != NULL)
		(void)json_array_append_new(
			doctor->checks,
			check_new(ok, thing, more)); /* an array */
	else
		printf("%s %s%s%s\n", ok ? "ok   " : "WRONG", thing,
		       more[0] != '\0' ? ": " : "", more);
}

void doctor_say_result(struct doctor *doctor, bool ok, const char *thing,
		       const struct error *error)
{
	doctor_say(doctor, ok, thing, ok ? "" : error->message);
}

bool doctor_look_at_network(struct doctor *doctor)
{
	struct error error;
	const char *path;
	bool ok = config_needed(&path, doctor->config, doctor->section,
				"network", &error) &&
		  network_read_new(&doctor->network, path, &error);

	doctor_say_result(doctor, ok, "the network file", &error);
	return ok;
}

void doctor_look_at_datadir(struct doctor *doctor)
{
	const char *path =
		config_text(doctor->config, doctor->section, "datadir");
	struct statvfs status;
	struct error error;
	bool ok = statvfs(path, &status) == 0 ||
		  error_set(&error, ERROR_NO_INPUT, "%s: %s", path,
			    strerror(errno));

	ok = ok &&
	     ((uint64_t)status.f_bavail * status.f_frsize >= LEAST_FREE ||
	      error_set(&error, ERROR_REFUSED, "less than a gigabyte is free"));
	doctor_say_result(doctor, ok, "the data directory", &error);
}

bool doctor_end(struct doctor *doctor, struct error *error)
{
	network_free(doctor->network);
	doctor->network = NULL;
	if (doctor->checks != NULL) {
		json_t *object = json_pack(
			"{s:s,s:o,s:I}", "schema", "plasma.doctor/1", "checks",
			doctor->checks, "bad", (json_int_t)doctor->wrong_count);

		json_print(object);
		doctor->checks = NULL;
	}
	return doctor->wrong_count == 0 ||
	       error_set(error, ERROR_REFUSED, "%u things are wrong",
			 doctor->wrong_count);
}
