# SPDX-License-Identifier: MIT

noinst_LIBRARIES += %D%/libbase.a

%C%_libbase_a_SOURCES =
%C%_libbase_a_SOURCES += %D%/arena.c
%C%_libbase_a_SOURCES += %D%/arena.h
%C%_libbase_a_SOURCES += %D%/assumptions.h
%C%_libbase_a_SOURCES += %D%/attributes.h
%C%_libbase_a_SOURCES += %D%/bytes.c
%C%_libbase_a_SOURCES += %D%/bytes.h
%C%_libbase_a_SOURCES += %D%/cursor.c
%C%_libbase_a_SOURCES += %D%/cursor.h
%C%_libbase_a_SOURCES += %D%/decimal.c
%C%_libbase_a_SOURCES += %D%/decimal.h
%C%_libbase_a_SOURCES += %D%/error.c
%C%_libbase_a_SOURCES += %D%/error.h
%C%_libbase_a_SOURCES += %D%/growing_buffer.c
%C%_libbase_a_SOURCES += %D%/growing_buffer.h
%C%_libbase_a_SOURCES += %D%/hash_map.c
%C%_libbase_a_SOURCES += %D%/hash_map.h
%C%_libbase_a_SOURCES += %D%/hex.c
%C%_libbase_a_SOURCES += %D%/hex.h
%C%_libbase_a_SOURCES += %D%/instant.c
%C%_libbase_a_SOURCES += %D%/instant.h
%C%_libbase_a_SOURCES += %D%/memory.c
%C%_libbase_a_SOURCES += %D%/memory.h
%C%_libbase_a_SOURCES += %D%/u256.c
%C%_libbase_a_SOURCES += %D%/u256.h
%C%_libbase_a_SOURCES += %D%/writer.c
%C%_libbase_a_SOURCES += %D%/writer.h
