// SPDX-License-Identifier: Apache-2.0
// A person's editor, as a child that has the terminal.
#pragma once

#include <filesystem>
#include <string>

namespace headgate::process {

// Returns when the editor has ended. `editor` is a shell's words, as in $EDITOR: "code --wait".
// Throws Error(io_failed) where it cannot be started or fails.
void edit(const std::string& editor, const std::filesystem::path& file);

}  // namespace headgate::process
