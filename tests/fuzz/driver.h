/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_TESTS_FUZZ_DRIVER_H
#define PLASMA_TESTS_FUZZ_DRIVER_H

/* What a fuzz target gives to the driver (or to libFuzzer). */

#include <stddef.h>
#include <stdint.h>

/* Takes any bytes; a broken promise ends the process with abort(). */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Good inputs to start from, in hexadecimal, or as text behind a "=", at most
 * 4096 bytes; closed by NULL. */
extern const char *const fuzz_seeds[];

#endif
