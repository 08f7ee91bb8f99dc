// The little of a runtime that is left when a module imports nothing: memory for the caller, and traps where a
// hosted program would write a message or reach for the file system.
#include "exports.hpp"

#include <cstdlib>
#include <exception>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>

EXPORT(allocate) void* allocate(std::size_t bytes) { return std::aligned_alloc(64, (bytes + 64) & ~std::size_t(63)); }
EXPORT(release) void release(void* memory) { std::free(memory); }

extern "C" {

// usearch takes its arenas from mmap; pages here are plain heap blocks.
void* mmap(void*, std::size_t bytes, int, int, int, off_t) {
    void* block = std::aligned_alloc(64, (bytes + 63) & ~std::size_t(63));
    return block ? block : MAP_FAILED;
}
int munmap(void* block, std::size_t) {
    std::free(block);
    return 0;
}

int open(char const*, int, ...) { return -1; }
int close(int) { return -1; }
int fstat(int, struct stat*) { return -1; }
int __cxa_atexit(void (*)(void*), void*, void*) { return 0; }
void abort() { __builtin_trap(); }
}

namespace std {
[[noreturn]] void terminate() noexcept { __builtin_trap(); }
inline namespace __2 {
[[noreturn]] void __libcpp_verbose_abort(char const*, ...) noexcept { __builtin_trap(); }
}
}

void* operator new(std::size_t bytes) {
    void* block = std::malloc(bytes);
    if (!block)
        __builtin_trap();
    return block;
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
