# SPDX-License-Identifier: MIT
#
# Every test speaks TAP; automake's driver counts the single points.

AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(top_srcdir)'; export top_srcdir; \
	top_builddir='$(top_builddir)'; export top_builddir;

TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
TEST_EXTENSIONS = .sh .mjs
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_COMPILER = bash
MJS_LOG_DRIVER = $(TAP_DRIVER)
MJS_LOG_COMPILER = node

EXTRA_DIST += \
	%D%/support/anvil.mjs \
	%D%/support/anvil.sh \
	%D%/support/tap.sh

include tests/unit/local.mk
include tests/integration/local.mk
include tests/scenario/local.mk

# tests/check-vectors runs every file of a folder of vectors:
#	check_PROGRAMS += tests/check-vectors
#	TESTS += tests/vectors/all.sh
