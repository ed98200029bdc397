#include "checksum.h"

#ifdef __x86_64__
#include <nmmintrin.h>
#include <string.h>

bool crc32c_is_instruction(void) { return __builtin_cpu_supports("sse4.2"); }

__attribute__((target("sse4.2")))
uint32_t crc32c_update(uint32_t checksum, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    uint64_t wide = checksum;
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        wide = _mm_crc32_u64(wide, word);
    }
    checksum = (uint32_t)wide;
    for (; count > 0; count--, next++) checksum = _mm_crc32_u8(checksum, *next);
    return checksum;
}
#else
bool crc32c_is_instruction(void) { return false; }
uint32_t crc32c_update(uint32_t checksum, const void *bytes, size_t count) {
    (void)bytes, (void)count;
    return checksum;
}
#endif
