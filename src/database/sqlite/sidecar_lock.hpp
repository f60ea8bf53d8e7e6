// SPDX-License-Identifier: Apache-2.0
// The gate's lock held for longer than one transaction: an operating system lock on a small file beside the database.
// It ends with the process, however that ends. The file is removed with the lock.
#pragma once

#include <filesystem>
#include <optional>

namespace headgate::database::sqlite {

class SidecarLock {
public:
    // Nothing: another process has it. Throws Error(access_refused) where the file cannot be made.
    static std::optional<SidecarLock> try_take(const std::filesystem::path& database);
    // Whether some process has it, this one included. Makes no file.
    static bool is_taken(const std::filesystem::path& database);
    ~SidecarLock();
    SidecarLock(SidecarLock&& other) noexcept;
    SidecarLock& operator=(SidecarLock&&) = delete;
    SidecarLock(const SidecarLock&) = delete;
    SidecarLock& operator=(const SidecarLock&) = delete;

private:
    SidecarLock(int fd, std::filesystem::path path);

    int fd_;
    std::filesystem::path path_;
};

}  // namespace headgate::database::sqlite
