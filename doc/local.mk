# SPDX-License-Identifier: MIT

dist_doc_DATA += \
	%D%/ARCHITECTURE \
	%D%/CONTRACTS \
	%D%/RELEASING \
	%D%/TESTING
