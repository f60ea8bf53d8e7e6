// SPDX-License-Identifier: Apache-2.0
// Where SQLite puts what does not fit into memory (sorting for an index, undoing one statement). An image made from
// nothing has none of the usual folders, and SQLite would fail in the middle of a large step.
#pragma once

#include <filesystem>

namespace headgate::database::sqlite {

// Makes SQLite use `fallback` where it would find no folder of its own that can be written to. Call it before opening.
void provide_temporary_folder(const std::filesystem::path& fallback);

}  // namespace headgate::database::sqlite
