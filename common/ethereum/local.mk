# SPDX-License-Identifier: MIT

noinst_LIBRARIES += %D%/libethereum.a

%C%_libethereum_a_SOURCES =
