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

/* A type of `bytes` bytes that the machine works on at once: operators go lane
 * by lane, and a single number stands for one in each lane. */
#define LANES_OF(type, bytes) type __attribute__((vector_size(bytes)))

/* CPU_FEATURES(x) compiles a function for machines that have the features, and
 * CPU_HAS(x) says whether this one does. Where CPU_HAS_FEATURES is 0 there is
 * none to ask for. */
#if defined(__x86_64__)
#define CPU_HAS_FEATURES 1
#define CPU_FEATURES(features) __attribute__((target(features)))
#define CPU_HAS(feature) (__builtin_cpu_supports(feature) != 0)
#else
#define CPU_HAS_FEATURES 0
#define CPU_FEATURES(features)
#define CPU_HAS(feature) false
#endif

#endif
