# SPDX-License-Identifier: MIT

# Everything but main.c, so that tests can link it.
noinst_LIBRARIES += %D%/libwallet.a

%C%_libwallet_a_SOURCES =
%C%_libwallet_a_SOURCES += %D%/cmd.h
%C%_libwallet_a_SOURCES += %D%/cmd_coins.c
%C%_libwallet_a_SOURCES += %D%/cmd_config.c
%C%_libwallet_a_SOURCES += %D%/cmd_deposit.c
%C%_libwallet_a_SOURCES += %D%/cmd_doctor.c
%C%_libwallet_a_SOURCES += %D%/cmd_exit.c
%C%_libwallet_a_SOURCES += %D%/cmd_exit_plan.c %D%/cmd_exit_plan.h
%C%_libwallet_a_SOURCES += %D%/cmd_exit_status.c %D%/cmd_exit_status.h
%C%_libwallet_a_SOURCES += %D%/cmd_goal.c %D%/cmd_goal.h
%C%_libwallet_a_SOURCES += %D%/cmd_guide.c
%C%_libwallet_a_SOURCES += %D%/cmd_history.c
%C%_libwallet_a_SOURCES += %D%/cmd_key.c
%C%_libwallet_a_SOURCES += %D%/cmd_pay.c %D%/cmd_pay.h
%C%_libwallet_a_SOURCES += %D%/cmd_print.c %D%/cmd_print.h
%C%_libwallet_a_SOURCES += %D%/cmd_proof.c
%C%_libwallet_a_SOURCES += %D%/cmd_root.c %D%/cmd_root.h
%C%_libwallet_a_SOURCES += %D%/cmd_send.c
%C%_libwallet_a_SOURCES += %D%/cmd_session.c %D%/cmd_session.h
%C%_libwallet_a_SOURCES += %D%/cmd_sync.c %D%/cmd_sync.h
%C%_libwallet_a_SOURCES += %D%/cmd_tx.c
%C%_libwallet_a_SOURCES += %D%/coin.h
%C%_libwallet_a_SOURCES += %D%/coin_selection.c %D%/coin_selection.h
%C%_libwallet_a_SOURCES += %D%/exit_choice.c %D%/exit_choice.h
%C%_libwallet_a_SOURCES += %D%/omg_client.c %D%/omg_client.h
%C%_libwallet_a_SOURCES += %D%/operator_client.c %D%/operator_client.h
%C%_libwallet_a_SOURCES += %D%/payment.c %D%/payment.h
%C%_libwallet_a_SOURCES += %D%/problem.c %D%/problem.h
%C%_libwallet_a_SOURCES += %D%/root_chain_fetch.c %D%/root_chain_fetch.h
%C%_libwallet_a_SOURCES += %D%/typed_data.c %D%/typed_data.h
%C%_libwallet_a_SOURCES += %D%/wallet_settings.c %D%/wallet_settings.h
%C%_libwallet_a_SOURCES += %D%/wallet_store.c %D%/wallet_store.h
%C%_libwallet_a_SOURCES += %D%/watcher_client.c %D%/watcher_client.h

# The statements of sql/wallet as C strings.
nodist_%C%_libwallet_a_SOURCES = \
	sql/wallet_sql.c \
	sql/wallet_sql.h

if HAVE_WALLET
bin_PROGRAMS += plasma-wallet
plasma_wallet_SOURCES = %D%/main.c
plasma_wallet_LDADD = %D%/libwallet.a $(COMMON_LIBS) $(SYSTEM_LIBS)
endif
