// SPDX-License-Identifier: Apache-2.0
// A folder of a test's own, removed with all that is in it at the end; and files read and written as bytes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace headgate::support {

class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

std::string read_file(const std::filesystem::path& path);
// Makes the folders above it; replaces what is there.
void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace headgate::support
