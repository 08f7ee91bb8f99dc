// Memory of an instance, which serves one run: taken, never given back.
#pragma once
#include <stddef.h>
#include <stdint.h>

using u32 = uint32_t;

extern "C" unsigned char __heap_base;

inline u32 round_up(u32 n, u32 to) { return (n + to - 1) / to * to; }

// Zeroed, as memory is before its first use. Null where it has run out.
inline void* take(size_t bytes) {
    constexpr u32 page_bytes = 65536;
    static uintptr_t heap_end = 0;
    if (heap_end == 0)
        heap_end = reinterpret_cast<uintptr_t>(&__heap_base);
    uintptr_t const from = (heap_end + 63) & ~uintptr_t(63);
    uint64_t const end = uint64_t(from) + bytes;
    uint64_t const room = uint64_t(__builtin_wasm_memory_size(0)) * page_bytes;
    if (end > room && __builtin_wasm_memory_grow(0, (end - room + page_bytes - 1) / page_bytes) == size_t(-1))
        return nullptr;
    heap_end = end;
    return reinterpret_cast<void*>(from);
}

template <class T> T* take_array(size_t count) { return static_cast<T*>(take(count * sizeof(T))); }
