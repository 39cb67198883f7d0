# SPDX-License-Identifier: MIT

noinst_LIBRARIES += %D%/libkeys.a

%C%_libkeys_a_SOURCES =
%C%_libkeys_a_SOURCES += %D%/address.c
%C%_libkeys_a_SOURCES += %D%/address.h
%C%_libkeys_a_SOURCES += %D%/published_key.c
%C%_libkeys_a_SOURCES += %D%/published_key.h
%C%_libkeys_a_SOURCES += %D%/secret.c
%C%_libkeys_a_SOURCES += %D%/secret.h
%C%_libkeys_a_SOURCES += %D%/signature.c
%C%_libkeys_a_SOURCES += %D%/signature.h
%C%_libkeys_a_SOURCES += %D%/signer.c
%C%_libkeys_a_SOURCES += %D%/signer.h
