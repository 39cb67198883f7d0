# SPDX-License-Identifier: MIT

# Everything but main.c, so that tests can link it.
noinst_LIBRARIES += %D%/libwallet.a

%C%_libwallet_a_SOURCES =
%C%_libwallet_a_SOURCES += %D%/coin.h
%C%_libwallet_a_SOURCES += %D%/coin_selection.c %D%/coin_selection.h
%C%_libwallet_a_SOURCES += %D%/exit_choice.c %D%/exit_choice.h
%C%_libwallet_a_SOURCES += %D%/payment.c %D%/payment.h
%C%_libwallet_a_SOURCES += %D%/problem.c %D%/problem.h

# The statements of sql/wallet as C strings.
nodist_%C%_libwallet_a_SOURCES = \
	sql/wallet_sql.c \
	sql/wallet_sql.h

if HAVE_WALLET
bin_PROGRAMS += plasma-wallet
plasma_wallet_SOURCES = %D%/main.c
plasma_wallet_LDADD = %D%/libwallet.a $(COMMON_LIBS) $(SYSTEM_LIBS)
endif
