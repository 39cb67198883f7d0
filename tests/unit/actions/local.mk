# SPDX-License-Identifier: MIT

unit_actions =
unit_actions += %D%/test_action.c
unit_actions += %D%/test_action_store.c
unit_actions += %D%/test_fee_curve.c

if HAVE_CHECK
check_PROGRAMS += tests/unit/test-actions
TESTS += tests/unit/test-actions
tests_unit_test_actions_SOURCES = $(unit_actions) $(UNIT_RUNNER)
nodist_tests_unit_test_actions_SOURCES = tests/unit/suites_actions.c
tests_unit_test_actions_LDADD = $(WHOLE_ON) $(ACTIONS_LIBS) $(WHOLE_OFF) $(UNIT_LIBS)
endif
EXTRA_DIST += $(unit_actions)
CLEANFILES += tests/unit/suites_actions.c

tests/unit/suites_actions.c: %D%/local.mk tests/unit/list-suites
	$(AM_V_GEN)$(MKDIR_P) tests/unit
	$(AM_V_at)$(top_srcdir)/tests/unit/list-suites $(unit_actions) >$@.part
	$(AM_V_at)mv $@.part $@
