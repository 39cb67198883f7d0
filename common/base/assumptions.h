/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_ASSUMPTIONS_H
#define PLASMA_COMMON_BASE_ASSUMPTIONS_H

/* What all code here takes for granted about the machine. */

#include <assert.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#ifdef NDEBUG
#error "assert() finds our own mistakes and stays on in every build"
#endif

static_assert(CHAR_BIT == 8, "a byte has eight bits");
static_assert(sizeof(int) >= 4, "int holds 32 bits");
static_assert(sizeof(size_t) == 8, "memory sizes have 64 bits");
static_assert((-1 & 3) == 3, "negative numbers are two's complement");
static_assert(sizeof(unsigned __int128) == 16, "products of two words fit");

#endif
