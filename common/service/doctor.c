/* SPDX-License-Identifier: MIT */
#include "common/service/doctor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#define LEAST_FREE ((uint64_t)1 << 30)

struct doctor doctor_of(const struct config *config, const char *section)
{
	return (struct doctor){ .config = config, .section = section };
}

void doctor_say(struct doctor *doctor, bool ok, const char *thing,
		const char *more)
{
	printf("%s %s%s%s\n", ok ? "ok   " : "WRONG", thing,
	       more[0] != '\0' ? ": " : "", more);
	doctor->wrong_count += ok ? 0 : 1;
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
	return doctor->wrong_count == 0 ||
	       error_set(error, ERROR_REFUSED, "%u things are wrong",
			 doctor->wrong_count);
}
