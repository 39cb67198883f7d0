# SPDX-License-Identifier: MIT

unit_rootchain =
unit_rootchain += %D%/test_contract_facts.c
unit_rootchain += %D%/test_eth_block_proof.c
unit_rootchain += %D%/test_follower.c
unit_rootchain += %D%/test_quorum.c

if HAVE_CHECK
check_PROGRAMS += tests/unit/test-rootchain
TESTS += tests/unit/test-rootchain
tests_unit_test_rootchain_SOURCES = $(unit_rootchain) $(UNIT_RUNNER)
nodist_tests_unit_test_rootchain_SOURCES = tests/unit/suites_rootchain.c
tests_unit_test_rootchain_LDADD = $(WHOLE_ON) rootchain/librootchain.a $(COMMON_LIBS) $(WHOLE_OFF) $(UNIT_LIBS)
endif
EXTRA_DIST += $(unit_rootchain)
CLEANFILES += tests/unit/suites_rootchain.c

tests/unit/suites_rootchain.c: %D%/local.mk tests/unit/list-suites
	$(AM_V_GEN)$(MKDIR_P) tests/unit
	$(AM_V_at)$(top_srcdir)/tests/unit/list-suites $(unit_rootchain) >$@.part
	$(AM_V_at)mv $@.part $@
