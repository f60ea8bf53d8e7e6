// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/sidecar_lock.hpp"

#include <cerrno>
#include <cstring>
#include <format>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"

namespace headgate::database::sqlite {

namespace {

int open_file(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) return fd;
    throw base::Error(base::ErrorKind::access_refused,
                      std::format("the lock file {} cannot be opened: {}", path.string(), std::strerror(errno)))
        .with_hint("a revision with transaction = false needs to write to the folder of the database");
}

// Its last owner removes the file: then the lock is on a file that nobody else will find.
bool is_still_there(int fd, const std::filesystem::path& path) {
    struct stat ours{};
    struct stat named{};
    return fstat(fd, &ours) == 0 && stat(path.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
           ours.st_dev == named.st_dev;
}

// However the database is named: a symbolic link to it has no lock of its own.
std::filesystem::path lock_path(const std::filesystem::path& database) {
    std::error_code failure;
    auto path = std::filesystem::weakly_canonical(database, failure);
    if (failure) path = database;
    return path += "-headgate-lock";
}

}  // namespace

std::optional<SidecarLock> SidecarLock::try_take(const std::filesystem::path& database) {
    const auto path = lock_path(database);
    while (true) {
        SidecarLock lock(open_file(path), path);
        if (flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
            lock.path_.clear();
            return std::nullopt;
        }
        if (is_still_there(lock.fd_, path)) return lock;
        lock.path_.clear();
    }
}

bool SidecarLock::is_taken(const std::filesystem::path& database) {
    const int fd = ::open(lock_path(database).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return false;
    const bool is_free = flock(fd, LOCK_SH | LOCK_NB) == 0;
    close(fd);
    return !is_free;
}

SidecarLock::SidecarLock(int fd, std::filesystem::path path) : fd_(fd), path_(std::move(path)) {}

SidecarLock::SidecarLock(SidecarLock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {
    other.path_.clear();
}

SidecarLock::~SidecarLock() {
    if (fd_ < 0) return;
    if (!path_.empty()) unlink(path_.c_str());
    close(fd_);
}

}  // namespace headgate::database::sqlite
