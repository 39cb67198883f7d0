# SPDX-License-Identifier: MIT

# Everything but main.c, so that tests can link it.
noinst_LIBRARIES += %D%/liboperator.a

%C%_liboperator_a_SOURCES =
%C%_liboperator_a_SOURCES += %D%/accepted_store.c %D%/accepted_store.h
%C%_liboperator_a_SOURCES += %D%/admission.c %D%/admission.h
%C%_liboperator_a_SOURCES += %D%/answer_api.c %D%/answer_api.h
%C%_liboperator_a_SOURCES += %D%/artifact_store.c %D%/artifact_store.h
%C%_liboperator_a_SOURCES += %D%/backup_store.c %D%/backup_store.h
%C%_liboperator_a_SOURCES += %D%/block_api.c %D%/block_api.h
%C%_liboperator_a_SOURCES += %D%/block_builder.c %D%/block_builder.h
%C%_liboperator_a_SOURCES += %D%/checkpoint_loop.c %D%/checkpoint_loop.h
%C%_liboperator_a_SOURCES += %D%/checkpoint_store.c %D%/checkpoint_store.h
%C%_liboperator_a_SOURCES += %D%/commit_loop.c %D%/commit_loop.h
%C%_liboperator_a_SOURCES += %D%/crc32c.c %D%/crc32c.h
%C%_liboperator_a_SOURCES += %D%/deployment.c %D%/deployment.h
%C%_liboperator_a_SOURCES += %D%/exitability.c %D%/exitability.h
%C%_liboperator_a_SOURCES += %D%/explanation.c %D%/explanation.h
%C%_liboperator_a_SOURCES += %D%/fee_file_store.c %D%/fee_file_store.h
%C%_liboperator_a_SOURCES += %D%/fee_schedule.c %D%/fee_schedule.h
%C%_liboperator_a_SOURCES += %D%/json_scan.c %D%/json_scan.h
%C%_liboperator_a_SOURCES += %D%/late_spend_store.c %D%/late_spend_store.h
%C%_liboperator_a_SOURCES += %D%/mempool.c %D%/mempool.h
%C%_liboperator_a_SOURCES += %D%/operations_api.c %D%/operations_api.h
%C%_liboperator_a_SOURCES += %D%/mirror_loop.c %D%/mirror_loop.h
%C%_liboperator_a_SOURCES += %D%/moved_places.c %D%/moved_places.h
%C%_liboperator_a_SOURCES += %D%/operator_api.c %D%/operator_api.h
%C%_liboperator_a_SOURCES += %D%/operator_loop.c %D%/operator_loop.h
%C%_liboperator_a_SOURCES += %D%/operator_settings.c %D%/operator_settings.h
%C%_liboperator_a_SOURCES += %D%/operator_status.c %D%/operator_status.h
%C%_liboperator_a_SOURCES += %D%/operator_step.c %D%/operator_step.h
%C%_liboperator_a_SOURCES += %D%/operator_store.c %D%/operator_store.h
%C%_liboperator_a_SOURCES += %D%/payment_api.c %D%/payment_api.h
%C%_liboperator_a_SOURCES += %D%/payment_intake.c %D%/payment_intake.h
%C%_liboperator_a_SOURCES += %D%/rate_limit.c %D%/rate_limit.h
%C%_liboperator_a_SOURCES += %D%/piggyback_search.c %D%/piggyback_search.h
%C%_liboperator_a_SOURCES += %D%/piggyback_store.c %D%/piggyback_store.h
%C%_liboperator_a_SOURCES += %D%/recovery_store.c %D%/recovery_store.h
%C%_liboperator_a_SOURCES += %D%/refusal.c %D%/refusal.h
%C%_liboperator_a_SOURCES += %D%/root_sender.c %D%/root_sender.h
%C%_liboperator_a_SOURCES += %D%/root_store.c %D%/root_store.h
%C%_liboperator_a_SOURCES += %D%/self_payment.c %D%/self_payment.h
%C%_liboperator_a_SOURCES += %D%/status_api.c %D%/status_api.h
%C%_liboperator_a_SOURCES += %D%/submission.c %D%/submission.h
%C%_liboperator_a_SOURCES += %D%/submit_loop.c %D%/submit_loop.h
%C%_liboperator_a_SOURCES += %D%/cmd.h %D%/cmd_backup.c %D%/cmd_block.c %D%/cmd_deploy.c
%C%_liboperator_a_SOURCES += %D%/cmd_doctor.c %D%/cmd_key.c %D%/cmd_run.c %D%/cmd_status.c

AM_CPPFLAGS += -DCONTRACTS_DIR='"$(pkgdatadir)/contracts"'

# The statements of sql/operator as C strings.
nodist_%C%_liboperator_a_SOURCES = \
	sql/operator_sql.c \
	sql/operator_sql.h

if HAVE_OPERATOR
bin_PROGRAMS += plasma-operator
plasma_operator_SOURCES = %D%/main.c
plasma_operator_LDADD = %D%/liboperator.a $(COMMON_LIBS) $(SYSTEM_LIBS)
endif
