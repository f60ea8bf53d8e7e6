// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/file_system.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <sys/vfs.h>

namespace headgate::database::sqlite {

namespace {

struct FileSystem {
    std::uint32_t magic;
    std::string_view name;
};

// The numbers are in statfs(2) and the kernel's <linux/magic.h>.
constexpr std::array network_file_systems{
    FileSystem{0x6969, "NFS"},      FileSystem{0x517B, "SMB"},        FileSystem{0xFE534D42, "SMB2"},
    FileSystem{0xFF534D42, "CIFS"}, FileSystem{0x01021997, "9P"},     FileSystem{0x65735546, "FUSE"},
    FileSystem{0x5346414F, "AFS"},  FileSystem{0x73757245, "Coda"},   FileSystem{0x00C36400, "Ceph"},
    FileSystem{0x47504653, "GPFS"}, FileSystem{0x0BD00BD0, "Lustre"},
};

std::optional<std::uint32_t> find_magic(const std::filesystem::path& path) {
    struct statfs found{};
    if (statfs(path.c_str(), &found) != 0) return std::nullopt;
    return static_cast<std::uint32_t>(found.f_type);
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
    return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

}  // namespace

std::optional<std::string_view> find_network_file_system(const std::filesystem::path& file) {
    auto magic = find_magic(file);
    if (!magic) magic = find_magic(folder_of(file));
    const auto known = std::ranges::find(network_file_systems, magic, &FileSystem::magic);
    return known == network_file_systems.end() ? std::nullopt : std::optional(known->name);
}

}  // namespace headgate::database::sqlite
