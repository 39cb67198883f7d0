# SPDX-License-Identifier: MIT

EXTRA_DIST += \
	foundry.toml \
	%D%/abi \
	%D%/src \
	%D%/storage-layout.json \
	%D%/test

