# SPDX-License-Identifier: MIT

unit_snapshot =
unit_snapshot += %D%/snapshot_file.c %D%/snapshot_file.h
unit_snapshot += %D%/test_snapshot_digest.c
unit_snapshot += %D%/test_snapshot_reader.c

if HAVE_CHECK
check_PROGRAMS += tests/unit/test-snapshot
TESTS += tests/unit/test-snapshot
tests_unit_test_snapshot_SOURCES = $(unit_snapshot) $(UNIT_RUNNER)
nodist_tests_unit_test_snapshot_SOURCES = tests/unit/suites_snapshot.c
tests_unit_test_snapshot_LDADD = $(WHOLE_ON) $(SNAPSHOT_LIBS) $(WHOLE_OFF) $(UNIT_LIBS)
endif
EXTRA_DIST += $(unit_snapshot)
CLEANFILES += tests/unit/suites_snapshot.c

tests/unit/suites_snapshot.c: %D%/local.mk tests/unit/list-suites
	$(AM_V_GEN)$(MKDIR_P) tests/unit
	$(AM_V_at)$(top_srcdir)/tests/unit/list-suites $(unit_snapshot) >$@.part
	$(AM_V_at)mv $@.part $@
