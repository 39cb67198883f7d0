# SPDX-License-Identifier: MIT

unit_keys =
unit_keys += %D%/test_signature.c

if HAVE_CHECK
check_PROGRAMS += tests/unit/test-keys
TESTS += tests/unit/test-keys
tests_unit_test_keys_SOURCES = $(unit_keys) $(UNIT_RUNNER)
nodist_tests_unit_test_keys_SOURCES = tests/unit/suites_keys.c
tests_unit_test_keys_LDADD = $(WHOLE_ON) $(KEYS_LIBS) $(WHOLE_OFF) $(UNIT_LIBS)
endif
EXTRA_DIST += $(unit_keys)
CLEANFILES += tests/unit/suites_keys.c

tests/unit/suites_keys.c: %D%/local.mk tests/unit/list-suites
	$(AM_V_GEN)$(MKDIR_P) tests/unit
	$(AM_V_at)$(top_srcdir)/tests/unit/list-suites $(unit_keys) >$@.part
	$(AM_V_at)mv $@.part $@
