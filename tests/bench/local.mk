# SPDX-License-Identifier: MIT
#
# Figures of this machine (make bench). A bench quotes the others' measure, bare
# signature recovery, from its own run: it lists $(BENCH_RECOVER) in its sources.
#	bench_programs += %D%/bench_noun
#	%C%_bench_noun_SOURCES = %D%/bench_noun.c $(BENCH_RECOVER)

BENCH_RECOVER = %D%/recover.c %D%/recover.h

bench_programs =
bench_programs += %D%/bench_recover
%C%_bench_recover_SOURCES = %D%/bench_recover.c $(BENCH_RECOVER)
%C%_bench_recover_LDADD = $(CODEC_LIBS) $(SYSTEM_LIBS)

EXTRA_PROGRAMS += $(bench_programs)
CLEANFILES += $(bench_programs)

# 200,000 different signatures, one thread for each processor.
bench-recover: %D%/bench_recover
	%D%/bench_recover

bench: bench-recover

.PHONY: bench bench-recover
