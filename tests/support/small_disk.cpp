// SPDX-License-Identifier: Apache-2.0
#include "support/small_disk.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "support/shared_server.hpp"

namespace headgate::support {
namespace {

void check(int result, const char* what) {
    if (result != 0) skip_or_fail(std::string(what) + ": " + std::strerror(errno));
}

// Once for the whole process; what is mounted from now on is not seen by others.
void leave_common_namespace() {
    static bool is_done = false;
    if (is_done) return;
    if (::geteuid() != 0) skip_or_fail("mounting a disk needs root");
    check(::unshare(CLONE_NEWNS), "a mount namespace of our own");
    check(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "private mounts");
    is_done = true;
}

}  // namespace

SmallDisk::SmallDisk(std::size_t bytes) {
    leave_common_namespace();
    const auto options = "mode=777,size=" + std::to_string(bytes);
    check(::mount("tmpfs", path().c_str(), "tmpfs", 0, options.c_str()), "a small disk");
}

SmallDisk::~SmallDisk() {
    ::umount2(path().c_str(), MNT_DETACH);
}

std::size_t SmallDisk::free_bytes() const {
    return std::filesystem::space(path()).available;
}

void SmallDisk::fill_up_to(std::size_t bytes_left) const {
    make_room();
    const auto free = free_bytes();
    if (free > bytes_left) write_file(filler(), std::string(free - bytes_left, '-'));
}

void SmallDisk::make_room() const {
    std::filesystem::remove(filler());
}

void SmallDisk::set_read_only(bool is_read_only) const {
    const unsigned long flags = MS_REMOUNT | (is_read_only ? static_cast<unsigned long>(MS_RDONLY) : 0UL);
    if (::mount("tmpfs", path().c_str(), "tmpfs", flags, nullptr) != 0)
        throw std::system_error(errno, std::generic_category(), "remount");
}

}  // namespace headgate::support
