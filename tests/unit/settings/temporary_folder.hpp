// SPDX-License-Identifier: Apache-2.0
// A folder of its own for one test, removed at its end.
#pragma once

#include <filesystem>
#include <fstream>
#include <string_view>

#include "base/text.hpp"

namespace headgate::settings {

class TemporaryFolder {
public:
    TemporaryFolder() { std::filesystem::create_directory(path_); }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

    std::filesystem::path write(std::string_view name, std::string_view text) const {
        const auto file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }

private:
    std::filesystem::path path_ = std::filesystem::temp_directory_path() / ("headgate-" + base::make_random_id());
};

}  // namespace headgate::settings
