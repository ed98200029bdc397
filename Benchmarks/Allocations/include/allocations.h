/// What the measured program asks of the C library's memory. All is -1 where that library is not glibc.

/// Calls of `malloc` by this thread so far, of Swift's runtime among them.
long allocations_calls(void);

/// Bytes in use by all threads.
long allocations_bytes(void);
