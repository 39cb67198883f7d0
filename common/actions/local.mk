# SPDX-License-Identifier: MIT

noinst_LIBRARIES += %D%/libactions.a

%C%_libactions_a_SOURCES =
%C%_libactions_a_SOURCES += %D%/account_sender.c %D%/account_sender.h
%C%_libactions_a_SOURCES += %D%/action.c %D%/action.h
%C%_libactions_a_SOURCES += %D%/action_sender.c %D%/action_sender.h
%C%_libactions_a_SOURCES += %D%/action_store.c %D%/action_store.h
%C%_libactions_a_SOURCES += %D%/effect_sender.c %D%/effect_sender.h
%C%_libactions_a_SOURCES += %D%/fee_curve.c %D%/fee_curve.h

# The statements of sql/actions as C strings.
nodist_%C%_libactions_a_SOURCES = \
	sql/actions_sql.c \
	sql/actions_sql.h
