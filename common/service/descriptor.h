/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_DESCRIPTOR_H
#define PLASMA_COMMON_SERVICE_DESCRIPTOR_H

/*
 * Whole reads and writes of a file descriptor, whatever interrupts them. errno
 * says why one failed; it is for the caller to say of what.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

/* Writes all bytes of the view. False: not all could be written. */
NODISCARD bool descriptor_write(int fd, struct bytes view);

/* Writes the `len` bytes from the begin of another file. False: not all could
 * be read or written. */
NODISCARD bool descriptor_write_file(int fd, int from, uint64_t len);

/* Reads exactly `len` bytes. False: they could not be read, or the file ends
 * before (errno is ENODATA then). */
NODISCARD bool descriptor_read(int fd, uint8_t *out, size_t len);

#endif
