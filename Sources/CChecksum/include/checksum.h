#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether this processor has an instruction for CRC-32C (x86-64: SSE 4.2, Intel SDM volume 2, `CRC32`).
bool crc32c_is_instruction(void);

/// Goes on with a CRC-32C over more bytes, without its first and last inversion. Only where the processor has the
/// instruction.
uint32_t crc32c_update(uint32_t checksum, const void *bytes, size_t count);
