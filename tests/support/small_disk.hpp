// SPDX-License-Identifier: Apache-2.0
// A disk of a test's own, in memory, that can be full or read-only. Mounted in a mount namespace that only this process
// and those it starts are in: nothing of it is seen elsewhere, and nothing is left behind. Needs root.
#pragma once

#include <cstddef>
#include <filesystem>

#include "support/temp_folder.hpp"

namespace headgate::support {

class SmallDisk {
public:
    // Skips or fails the running test case where a disk cannot be mounted.
    explicit SmallDisk(std::size_t bytes);
    ~SmallDisk();
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    const std::filesystem::path& path() const { return folder_.path(); }
    std::size_t free_bytes() const;
    // Leaves this much, in whole pages; calling it again replaces what filled the disk before.
    void fill_up_to(std::size_t bytes_left) const;
    void make_room() const;
    void set_read_only(bool is_read_only) const;

private:
    std::filesystem::path filler() const { return folder_ / "filler"; }

    TempFolder folder_;
};

}  // namespace headgate::support
