# SPDX-License-Identifier: MIT

unit_wallet =
unit_wallet += %D%/test_coin_selection.c
unit_wallet += %D%/test_exit_choice.c
unit_wallet += %D%/test_payment.c
unit_wallet += %D%/test_problem.c
unit_wallet += %D%/test_wallet_store.c

if HAVE_CHECK
check_PROGRAMS += tests/unit/test-wallet
TESTS += tests/unit/test-wallet
tests_unit_test_wallet_SOURCES = $(unit_wallet) $(UNIT_RUNNER)
nodist_tests_unit_test_wallet_SOURCES = tests/unit/suites_wallet.c
tests_unit_test_wallet_LDADD = $(WHOLE_ON) wallet/libwallet.a $(COMMON_LIBS) $(WHOLE_OFF) $(UNIT_LIBS)
endif
EXTRA_DIST += $(unit_wallet)
CLEANFILES += tests/unit/suites_wallet.c

tests/unit/suites_wallet.c: %D%/local.mk tests/unit/list-suites
	$(AM_V_GEN)$(MKDIR_P) tests/unit
	$(AM_V_at)$(top_srcdir)/tests/unit/list-suites $(unit_wallet) >$@.part
	$(AM_V_at)mv $@.part $@
