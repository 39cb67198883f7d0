# SPDX-License-Identifier: MIT

noinst_LIBRARIES += %D%/libchain.a

%C%_libchain_a_SOURCES =
%C%_libchain_a_SOURCES += %D%/amount.c
%C%_libchain_a_SOURCES += %D%/amount.h
%C%_libchain_a_SOURCES += %D%/block.c
%C%_libchain_a_SOURCES += %D%/block.h
%C%_libchain_a_SOURCES += %D%/block_rules.c
%C%_libchain_a_SOURCES += %D%/block_rules.h
%C%_libchain_a_SOURCES += %D%/competitor.c
%C%_libchain_a_SOURCES += %D%/competitor.h
%C%_libchain_a_SOURCES += %D%/deposit.c
%C%_libchain_a_SOURCES += %D%/deposit.h
%C%_libchain_a_SOURCES += %D%/exit_id.c
%C%_libchain_a_SOURCES += %D%/exit_id.h
%C%_libchain_a_SOURCES += %D%/fee.c
%C%_libchain_a_SOURCES += %D%/fee.h
%C%_libchain_a_SOURCES += %D%/ledger.c
%C%_libchain_a_SOURCES += %D%/ledger.h
%C%_libchain_a_SOURCES += %D%/output.c
%C%_libchain_a_SOURCES += %D%/output.h
%C%_libchain_a_SOURCES += %D%/position.c
%C%_libchain_a_SOURCES += %D%/position.h
%C%_libchain_a_SOURCES += %D%/priority.c
%C%_libchain_a_SOURCES += %D%/priority.h
%C%_libchain_a_SOURCES += %D%/protocol.h
%C%_libchain_a_SOURCES += %D%/transaction.h
%C%_libchain_a_SOURCES += %D%/transaction_codec.c
%C%_libchain_a_SOURCES += %D%/transaction_codec.h
%C%_libchain_a_SOURCES += %D%/transaction_hash.c
%C%_libchain_a_SOURCES += %D%/transaction_hash.h
%C%_libchain_a_SOURCES += %D%/transaction_rules.c
%C%_libchain_a_SOURCES += %D%/transaction_rules.h
%C%_libchain_a_SOURCES += %D%/verdict.c
%C%_libchain_a_SOURCES += %D%/verdict.h
