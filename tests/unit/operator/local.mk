# SPDX-License-Identifier: MIT

unit_operator =
unit_operator += %D%/payments.c %D%/payments.h
unit_operator += %D%/test_accepted_store.c
unit_operator += %D%/test_backup_store.c
unit_operator += %D%/test_block_api.c
unit_operator += %D%/test_block_builder.c
unit_operator += %D%/test_crc32c.c
unit_operator += %D%/test_fee_schedule.c
unit_operator += %D%/test_json_scan.c
unit_operator += %D%/test_mirror_loop.c
unit_operator += %D%/test_late_spend_store.c
unit_operator += %D%/test_operator_loop.c
unit_operator += %D%/test_operator_step.c
unit_operator += %D%/test_operator_store.c
unit_operator += %D%/test_piggyback_search.c
unit_operator += %D%/test_policy.c
unit_operator += %D%/test_recovery_store.c
unit_operator += %D%/test_root_sender.c
unit_operator += %D%/test_root_store.c
unit_operator += %D%/test_submission.c
unit_operator += %D%/test_submit_loop.c

if HAVE_CHECK
check_PROGRAMS += tests/unit/test-operator
TESTS += tests/unit/test-operator
tests_unit_test_operator_SOURCES = $(unit_operator) $(UNIT_RUNNER) \
	tests/unit/snapshot/snapshot_file.c tests/unit/snapshot/snapshot_file.h
nodist_tests_unit_test_operator_SOURCES = tests/unit/suites_operator.c
tests_unit_test_operator_LDADD = $(WHOLE_ON) operator/liboperator.a $(COMMON_LIBS) $(WHOLE_OFF) $(UNIT_LIBS)
endif
EXTRA_DIST += $(unit_operator)
CLEANFILES += tests/unit/suites_operator.c

tests/unit/suites_operator.c: %D%/local.mk tests/unit/list-suites
	$(AM_V_GEN)$(MKDIR_P) tests/unit
	$(AM_V_at)$(top_srcdir)/tests/unit/list-suites $(unit_operator) >$@.part
	$(AM_V_at)mv $@.part $@
