/* SPDX-License-Identifier: MIT */

/*
 * bench-recover [--json] [COUNT]: what one recovery costs on this machine, and
 * how many it makes in a second with all its processors.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/recover.h"

int main(int argc, char **argv)
{
	int at = 1;
	bool json = argc > at && strcmp(argv[at], "--json") == 0;

	at += json ? 1 : 0;
	unsigned long count =
		argc > at ? strtoul(argv[at++], NULL, 10) : RECOVER_COUNT;
	if (count == 0 || at != argc) {
		fputs("usage: bench-recover [--json] [COUNT]\n", stderr);
		return 64;
	}
	struct recover_figures figures = recover_measure(count, 0);
	if (json)
		printf("{\"schema\":\"plasma.bench-recover/1\",\"count\":%zu,"
		       "\"threads\":%u,\"wall_s\":%.6f,\"cpu_s\":%.6f,"
		       "\"recoveries_per_s\":%.1f,"
		       "\"cpu_us_per_recovery\":%.3f}\n",
		       figures.count, figures.threads, figures.wall_s,
		       figures.cpu_s, figures.per_second,
		       figures.cpu_s_per_recovery * 1e6);
	else
		printf("%zu recoveries, %u threads: %.3f s wall, %.3f s CPU\n"
		       "%.0f recoveries/s, %.2f us of CPU per recovery\n",
		       figures.count, figures.threads, figures.wall_s,
		       figures.cpu_s, figures.per_second,
		       figures.cpu_s_per_recovery * 1e6);
	return EXIT_SUCCESS;
}
