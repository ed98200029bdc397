#pragma once

/// Gives back the pages of code and constants of the program and its libraries that are in memory. What is used again is
/// mapped again at its first use, from the kernel's cache of files or else from the disk.
///
/// Nothing is lost: of each ELF object only the segments that nothing ever writes to are given back, while the loader can
/// neither add nor remove any (`dl_iterate_phdr(3)`, `madvise(2)`). Does nothing elsewhere than under Linux.
void give_back_code(void);
