# SPDX-License-Identifier: MIT

# Everything but main.c, so that tests can link it.
noinst_LIBRARIES += %D%/libwallet.a

%C%_libwallet_a_SOURCES =

# The statements of sql/wallet as C strings.
nodist_%C%_libwallet_a_SOURCES = \
	sql/wallet_sql.c \
	sql/wallet_sql.h

if HAVE_WALLET
bin_PROGRAMS += plasma-wallet
plasma_wallet_SOURCES = %D%/main.c
plasma_wallet_LDADD = %D%/libwallet.a $(COMMON_LIBS) $(SYSTEM_LIBS)
endif
