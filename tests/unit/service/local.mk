# SPDX-License-Identifier: MIT

unit_service =
unit_service += %D%/test_atomic_file.c
unit_service += %D%/test_body_store.c
unit_service += %D%/test_config_file.c
unit_service += %D%/test_http.c
unit_service += %D%/test_keystore_file.c
unit_service += %D%/test_network_file.c
unit_service += %D%/test_omg_answer.c
unit_service += %D%/test_process.c
unit_service += %D%/test_root_chain_rpc.c
unit_service += %D%/test_strict_json.c
unit_service += %D%/test_workers.c
unit_service += %D%/test_coin_evidence_file.c
unit_service += %D%/test_keystore_folder.c
unit_service += %D%/test_wide_json.c

if HAVE_CHECK
check_PROGRAMS += tests/unit/test-service
TESTS += tests/unit/test-service
tests_unit_test_service_SOURCES = $(unit_service) $(UNIT_RUNNER)
nodist_tests_unit_test_service_SOURCES = tests/unit/suites_service.c
tests_unit_test_service_LDADD = $(WHOLE_ON) $(SERVICE_LIBS) $(WHOLE_OFF) $(UNIT_LIBS)
endif
EXTRA_DIST += $(unit_service)
CLEANFILES += tests/unit/suites_service.c

tests/unit/suites_service.c: %D%/local.mk tests/unit/list-suites
	$(AM_V_GEN)$(MKDIR_P) tests/unit
	$(AM_V_at)$(top_srcdir)/tests/unit/list-suites $(unit_service) >$@.part
	$(AM_V_at)mv $@.part $@
