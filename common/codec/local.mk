# SPDX-License-Identifier: MIT

noinst_LIBRARIES += %D%/libcodec.a

%C%_libcodec_a_SOURCES =
%C%_libcodec_a_SOURCES += %D%/abi_reader.c
%C%_libcodec_a_SOURCES += %D%/abi_reader.h
%C%_libcodec_a_SOURCES += %D%/abi_writer.c
%C%_libcodec_a_SOURCES += %D%/abi_writer.h
%C%_libcodec_a_SOURCES += %D%/eip712.c
%C%_libcodec_a_SOURCES += %D%/eip712.h
%C%_libcodec_a_SOURCES += %D%/keccak256.c
%C%_libcodec_a_SOURCES += %D%/keccak256.h
%C%_libcodec_a_SOURCES += %D%/keccak256_batch.c
%C%_libcodec_a_SOURCES += %D%/keccak256_batch.h
%C%_libcodec_a_SOURCES += %D%/keccak256_round.h
%C%_libcodec_a_SOURCES += %D%/merkle_tree.c
%C%_libcodec_a_SOURCES += %D%/merkle_tree.h
%C%_libcodec_a_SOURCES += %D%/rlp_reader.c
%C%_libcodec_a_SOURCES += %D%/rlp_reader.h
%C%_libcodec_a_SOURCES += %D%/rlp_writer.c
%C%_libcodec_a_SOURCES += %D%/rlp_writer.h
