# SPDX-License-Identifier: MIT

unit_store =
unit_store += %D%/test_database.c
unit_store += %D%/test_signed_spend_table.c

if HAVE_CHECK
check_PROGRAMS += tests/unit/test-store
TESTS += tests/unit/test-store
tests_unit_test_store_SOURCES = $(unit_store) $(UNIT_RUNNER)
nodist_tests_unit_test_store_SOURCES = tests/unit/suites_store.c
tests_unit_test_store_LDADD = $(WHOLE_ON) $(STORE_LIBS) $(WHOLE_OFF) $(UNIT_LIBS)
endif
EXTRA_DIST += $(unit_store)
CLEANFILES += tests/unit/suites_store.c

tests/unit/suites_store.c: %D%/local.mk tests/unit/list-suites
	$(AM_V_GEN)$(MKDIR_P) tests/unit
	$(AM_V_at)$(top_srcdir)/tests/unit/list-suites $(unit_store) >$@.part
	$(AM_V_at)mv $@.part $@
