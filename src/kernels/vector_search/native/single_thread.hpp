// Stand-ins for what usearch names but a single-threaded WASM module lacks. Included before anything else
// (`-include`): libc++ is configured without threads, so these names are free.
#pragma once
#include <mutex>
#include <shared_mutex>
#include <thread>

namespace std {

struct mutex {
    void lock() noexcept {}
    void unlock() noexcept {}
    bool try_lock() noexcept { return true; }
};

struct shared_mutex : mutex {
    void lock_shared() noexcept {}
    void unlock_shared() noexcept {}
};

struct thread {
    thread() = default;
    template <class Work> explicit thread(Work&& work) { work(); }
    bool joinable() const noexcept { return false; }
    void join() noexcept {}
    static unsigned hardware_concurrency() noexcept { return 1; }
};

namespace this_thread {
inline void yield() noexcept {}
} // namespace this_thread

} // namespace std
