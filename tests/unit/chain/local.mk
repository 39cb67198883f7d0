# SPDX-License-Identifier: MIT

unit_chain =
unit_chain += %D%/test_block.c
unit_chain += %D%/test_ledger.c
unit_chain += %D%/test_money.c
unit_chain += %D%/test_transaction_hash.c

if HAVE_CHECK
check_PROGRAMS += tests/unit/test-chain
TESTS += tests/unit/test-chain
tests_unit_test_chain_SOURCES = $(unit_chain) $(UNIT_RUNNER)
nodist_tests_unit_test_chain_SOURCES = tests/unit/suites_chain.c
tests_unit_test_chain_LDADD = $(WHOLE_ON) $(CHAIN_LIBS) $(WHOLE_OFF) $(UNIT_LIBS)
endif
EXTRA_DIST += $(unit_chain)
CLEANFILES += tests/unit/suites_chain.c

tests/unit/suites_chain.c: %D%/local.mk tests/unit/list-suites
	$(AM_V_GEN)$(MKDIR_P) tests/unit
	$(AM_V_at)$(top_srcdir)/tests/unit/list-suites $(unit_chain) >$@.part
	$(AM_V_at)mv $@.part $@
