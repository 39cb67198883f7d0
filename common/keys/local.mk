# SPDX-License-Identifier: MIT

noinst_LIBRARIES += %D%/libkeys.a

%C%_libkeys_a_SOURCES =
