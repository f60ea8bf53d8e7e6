// SPDX-License-Identifier: Apache-2.0
// Short words for what most tests of this folder do: parse a text, name its problems, keep files in a folder.
#pragma once

#include <algorithm>
#include <filesystem>
#include <format>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <stdlib.h>

#include "revision/revision_file.hpp"
#include "support/temp_folder.hpp"

namespace headgate::revision::testing {

using base::DialectId;

inline std::string with_header(std::string_view sections, std::string_view more = "") {
    return std::format("-- headgate:revision\n-- revision = \"a1\"\n{}\n{}", more, sections);
}

// "line: message" of each problem.
inline std::vector<std::string> render(const std::vector<base::Problem>& problems) {
    std::vector<std::string> lines;
    for (const base::Problem& problem : problems)
        lines.push_back(std::format("{}: {}", problem.spot.line, problem.message));
    return lines;
}

inline std::vector<std::string> problems_of(std::string_view text, DialectId dialect = DialectId::postgresql) {
    return render(parse_revision(text, "r.sql", dialect).problems);
}

inline std::string hint_of(std::string_view text, DialectId dialect = DialectId::postgresql) {
    const ParsedFile parsed = parse_revision(text, "r.sql", dialect);
    return parsed.problems.empty() ? "" : parsed.problems.front().hint;
}

using Lines = std::vector<std::string>;

inline std::string text_of(const Section& section, std::string_view file) {
    return std::string(file.substr(section.offset, section.size));
}

class Folder {
public:
    const std::filesystem::path& path() const { return folder_.path(); }
    std::filesystem::path write(std::string_view name, std::string_view text) const {
        const auto path = folder_ / name;
        support::write_file(path, text);
        return path;
    }

private:
    support::TempFolder folder_;
};

}  // namespace headgate::revision::testing
