# SPDX-License-Identifier: MIT

EXTRA_DIST += \
	%D%/build \
	%D%/embed-sql \
	%D%/foundry \
	%D%/install-deps
