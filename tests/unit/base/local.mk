# SPDX-License-Identifier: MIT

unit_base =
unit_base += %D%/test_bytes.c
unit_base += %D%/test_hash_map.c
unit_base += %D%/test_u256.c

if HAVE_CHECK
check_PROGRAMS += tests/unit/test-base
TESTS += tests/unit/test-base
tests_unit_test_base_SOURCES = $(unit_base) $(UNIT_RUNNER)
nodist_tests_unit_test_base_SOURCES = tests/unit/suites_base.c
tests_unit_test_base_LDADD = $(WHOLE_ON) $(BASE_LIBS) $(WHOLE_OFF) $(UNIT_LIBS)
endif
EXTRA_DIST += $(unit_base)
CLEANFILES += tests/unit/suites_base.c

tests/unit/suites_base.c: %D%/local.mk tests/unit/list-suites
	$(AM_V_GEN)$(MKDIR_P) tests/unit
	$(AM_V_at)$(top_srcdir)/tests/unit/list-suites $(unit_base) >$@.part
	$(AM_V_at)mv $@.part $@
