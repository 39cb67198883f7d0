# SPDX-License-Identifier: MIT

unit_watcher =
unit_watcher += %D%/block_folder.c %D%/block_folder.h
unit_watcher += %D%/chain_folder.c %D%/chain_folder.h
unit_watcher += %D%/flight_case.c %D%/flight_case.h
unit_watcher += %D%/flights.c %D%/flights.h
unit_watcher += %D%/test_block_copies.c
unit_watcher += %D%/test_block_loop.c
unit_watcher += %D%/test_block_validator.c
unit_watcher += %D%/test_coin_api.c
unit_watcher += %D%/test_coin_batch_store.c
unit_watcher += %D%/test_deadline.c
unit_watcher += %D%/test_event_store.c
unit_watcher += %D%/test_explanation.c
unit_watcher += %D%/test_exit_processor.c
unit_watcher += %D%/test_exit_response.c
unit_watcher += %D%/test_exit_slots.c
unit_watcher += %D%/test_inflight_exit.c
unit_watcher += %D%/test_known_store.c
unit_watcher += %D%/test_leave_loop.c
unit_watcher += %D%/test_mass_exit.c
unit_watcher += %D%/test_overdue.c
unit_watcher += %D%/test_payment_draft.c
unit_watcher += %D%/test_reach_loop.c
unit_watcher += %D%/test_ready_loop.c
unit_watcher += %D%/test_reserve_store.c
unit_watcher += %D%/test_second_look_loop.c
unit_watcher += tests/support/hostile/forge.c tests/support/hostile/forge.h
unit_watcher += %D%/test_watcher_store.c

if HAVE_CHECK
check_PROGRAMS += tests/unit/test-watcher
TESTS += tests/unit/test-watcher
tests_unit_test_watcher_SOURCES = $(unit_watcher) $(UNIT_RUNNER)
nodist_tests_unit_test_watcher_SOURCES = tests/unit/suites_watcher.c
tests_unit_test_watcher_LDADD = $(WHOLE_ON) watcher/libwatcher.a $(COMMON_LIBS) $(WHOLE_OFF) $(UNIT_LIBS)
endif
EXTRA_DIST += $(unit_watcher)
CLEANFILES += tests/unit/suites_watcher.c

tests/unit/suites_watcher.c: %D%/local.mk tests/unit/list-suites
	$(AM_V_GEN)$(MKDIR_P) tests/unit
	$(AM_V_at)$(top_srcdir)/tests/unit/list-suites $(unit_watcher) >$@.part
	$(AM_V_at)mv $@.part $@
