# SPDX-License-Identifier: MIT
#
# One program per layer. Each links its own layer and all below it whole, so that
# a call from a lower layer to a higher one does not link.
# A suite is a file test_NOUN.c with `Suite *NOUN_suite(void)`; list-suites makes
# the table of suites from the file names of a layer.

UNIT_LIBS = $(CHECK_LIBS) $(SYSTEM_LIBS)
UNIT_RUNNER = %D%/runner.c %D%/runner.h %D%/scratch.c %D%/scratch.h

EXTRA_DIST += %D%/list-suites

AM_CFLAGS += $(CHECK_CFLAGS)

include tests/unit/base/local.mk
include tests/unit/codec/local.mk
include tests/unit/keys/local.mk
include tests/unit/chain/local.mk
include tests/unit/ethereum/local.mk
include tests/unit/service/local.mk
include tests/unit/store/local.mk
include tests/unit/snapshot/local.mk
include tests/unit/actions/local.mk
include tests/unit/operator/local.mk
include tests/unit/rootchain/local.mk
include tests/unit/watcher/local.mk
include tests/unit/wallet/local.mk
