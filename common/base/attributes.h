/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_ATTRIBUTES_H
#define PLASMA_COMMON_BASE_ATTRIBUTES_H

/* The only place for what a compiler offers beyond C11. */

/* The result says whether the call worked: it must be looked at. */
#define NODISCARD __attribute__((warn_unused_result))

/* The argument number `at` is a printf format for those from `first` on. */
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))

#define NORETURN __attribute__((noreturn))

#define UNUSED __attribute__((unused))

#endif
