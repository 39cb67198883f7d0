# SPDX-License-Identifier: MIT

unit_codec =
unit_codec += %D%/test_keccak256.c
unit_codec += %D%/test_merkle_tree.c
unit_codec += %D%/test_rlp.c

if HAVE_CHECK
check_PROGRAMS += tests/unit/test-codec
TESTS += tests/unit/test-codec
tests_unit_test_codec_SOURCES = $(unit_codec) $(UNIT_RUNNER)
nodist_tests_unit_test_codec_SOURCES = tests/unit/suites_codec.c
tests_unit_test_codec_LDADD = $(WHOLE_ON) $(CODEC_LIBS) $(WHOLE_OFF) $(UNIT_LIBS)
endif
EXTRA_DIST += $(unit_codec)
CLEANFILES += tests/unit/suites_codec.c

tests/unit/suites_codec.c: %D%/local.mk tests/unit/list-suites
	$(AM_V_GEN)$(MKDIR_P) tests/unit
	$(AM_V_at)$(top_srcdir)/tests/unit/list-suites $(unit_codec) >$@.part
	$(AM_V_at)mv $@.part $@
