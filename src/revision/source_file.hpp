// SPDX-License-Identifier: Apache-2.0
// Reads revision files, with plain system calls: a history has thousands of them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace headgate::revision {

struct FilePart {
    std::size_t offset = 0;
    std::size_t size = std::string::npos;
};

// Puts the file, or as much of `part` as there is, into `text`, whose capacity is used again.
// Gives the reason ("is a folder", "cannot be read: Permission denied") where that failed.
std::optional<std::string> read_file(const std::filesystem::path& path, std::string& text, FilePart part = {});

}  // namespace headgate::revision
