# SPDX-License-Identifier: MIT

noinst_LIBRARIES += %D%/libchain.a

%C%_libchain_a_SOURCES =
