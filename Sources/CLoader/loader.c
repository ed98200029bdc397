#define _GNU_SOURCE
#include "loader.h"

#ifdef __linux__
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/// Whether the loader has written addresses into code: such pages are no longer those of the file.
static bool is_written_by_loader(const struct dl_phdr_info *object) {
    for (size_t index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *header = &object->dlpi_phdr[index];
        if (header->p_type != PT_DYNAMIC) continue;
        const ElfW(Dyn) *entry = (const void *)(object->dlpi_addr + header->p_vaddr);
        for (; entry->d_tag != DT_NULL; entry++) {
            if (entry->d_tag == DT_TEXTREL) return true;
            if (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL)) return true;
        }
    }
    return false;
}

static int give_back_object(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size, (void)unused;
    if (is_written_by_loader(object)) return 0;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (size_t index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *header = &object->dlpi_phdr[index];
        if (header->p_type != PT_LOAD || (header->p_flags & PF_W)) continue;
        // Whole pages only: those at an end may be shared with a segment that is written to.
        uintptr_t start = object->dlpi_addr + header->p_vaddr;
        uintptr_t end = (start + header->p_memsz) & ~(page - 1);
        start = (start + page - 1) & ~(page - 1);
        if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void give_back_code(void) { dl_iterate_phdr(give_back_object, NULL); }
#else
void give_back_code(void) {}
#endif
