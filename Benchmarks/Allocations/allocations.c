#include "allocations.h"
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

static _Thread_local long calls;

/// The program's own `malloc` takes the place of the library's in every module.
extern void *__libc_malloc(size_t size);

void *malloc(size_t size) {
    calls++;
    return __libc_malloc(size);
}

long allocations_calls(void) { return calls; }

long allocations_bytes(void) {
    struct mallinfo2 all = mallinfo2();
    return (long)(all.uordblks + all.hblkhd);
}
#else
long allocations_calls(void) { return -1; }

long allocations_bytes(void) { return -1; }
#endif
