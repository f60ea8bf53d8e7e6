// SPDX-License-Identifier: Apache-2.0
// Which file system a database lies on: SQLite's locks are only as good as that file system's.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace headgate::database::sqlite {

// "NFS" and the like, where the file (or the folder it will be made in) is on a file system whose locks
// may not reach other machines.
std::optional<std::string_view> find_network_file_system(const std::filesystem::path& file);

}  // namespace headgate::database::sqlite
