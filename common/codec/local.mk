# SPDX-License-Identifier: MIT

noinst_LIBRARIES += %D%/libcodec.a

%C%_libcodec_a_SOURCES =
