# SPDX-License-Identifier: MIT
#
# The library and the contracts say the same of the same bytes.

check_PROGRAMS += %D%/transaction-cases
%C%_transaction_cases_SOURCES = %D%/transaction_cases.c
%C%_transaction_cases_LDADD = $(CHAIN_LIBS) $(SYSTEM_LIBS)
TESTS += %D%/contracts_agree.sh
EXTRA_DIST += %D%/contracts_agree.sh
