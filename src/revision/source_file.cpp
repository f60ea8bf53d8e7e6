// SPDX-License-Identifier: Apache-2.0
#include "revision/source_file.hpp"

#include <algorithm>
#include <cerrno>
#include <format>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace headgate::revision {

namespace {

class FileHandle {
public:
    // O_NONBLOCK: a pipe that is named like a revision must not block the start.
    explicit FileHandle(const char* path) : number_(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    ~FileHandle() {
        if (number_ >= 0) ::close(number_);
    }
    FileHandle(const FileHandle&) = delete;
    FileHandle& operator=(const FileHandle&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

std::string describe_failure(int error) {
    return std::format("cannot be read: {}", std::generic_category().message(error));
}

std::string describe_open_failure(const std::filesystem::path& path, int error) {
    std::error_code ignored;
    if (error == ENOENT && std::filesystem::is_symlink(path, ignored))
        return "is a symbolic link to a file that is not there";
    return describe_failure(error);
}

// Fills `size` bytes, or fewer where the file ends earlier.
std::optional<std::string> fill(int file, std::string& text, FilePart part) {
    int error = 0;
    text.resize_and_overwrite(part.size, [&](char* bytes, std::size_t size) {
        std::size_t done = 0;
        while (done < size) {
            const ssize_t count = ::pread(file, bytes + done, size - done, static_cast<off_t>(part.offset + done));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) error = errno;
            if (count <= 0) break;
            done += static_cast<std::size_t>(count);
        }
        return done;
    });
    if (error != 0) return describe_failure(error);
    return {};
}

}  // namespace

std::optional<std::string> read_file(const std::filesystem::path& path, std::string& text, FilePart part) {
    const FileHandle file(path.c_str());
    if (file.number() < 0) return describe_open_failure(path, errno);
    struct stat status{};
    if (::fstat(file.number(), &status) != 0) return describe_failure(errno);
    if (S_ISDIR(status.st_mode)) return "is a folder";
    if (!S_ISREG(status.st_mode)) return "is not a regular file";
    const auto size = static_cast<std::size_t>(status.st_size);
    part.offset = std::min(part.offset, size);
    part.size = std::min(part.size, size - part.offset);
    return fill(file.number(), text, part);
}

}  // namespace headgate::revision
