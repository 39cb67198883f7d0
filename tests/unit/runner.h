/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_UNIT_RUNNER_H
#define PLASMA_TESTS_UNIT_RUNNER_H

/* What one unit test program runs; the table ends with NULL. */

#include <check.h>

typedef Suite *suite_maker(void);

extern suite_maker *const unit_suites[];

#endif
