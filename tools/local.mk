# SPDX-License-Identifier: MIT

EXTRA_DIST += \
	%D%/build \
	%D%/check-all \
	%D%/compile-contracts \
	%D%/contract-coverage \
	%D%/contract-model \
	%D%/contract-mutants \
	%D%/embed-sql \
	%D%/foundry \
	%D%/fuzz \
	%D%/gas-report \
	%D%/install-deps \
	%D%/make-deb \
	%D%/promtool \
	%D%/gates/all \
	%D%/gates/amounts \
	%D%/gates/banned \
	%D%/gates/code.awk \
	%D%/gates/format \
	%D%/gates/gate.sh \
	%D%/gates/headers \
	%D%/gates/layers \
	%D%/gates/licence \
	%D%/gates/options \
	%D%/gates/pages \
	%D%/gates/purity \
	%D%/gates/shell \
	%D%/gates/size \
	%D%/gates/sql \
	%D%/gates/verdicts \
	%D%/gates/waivers \
	%D%/gates/words \
	%D%/solc-wrapper \
	%D%/stages.sh \
	%D%/watcher-mutants
