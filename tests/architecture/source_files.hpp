// SPDX-License-Identifier: Apache-2.0
// The project's own source files as text, for the tests that read them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::architecture {

struct SourceFile {
    std::filesystem::path path;  // from the project's folder: "src/base/error.hpp"
    std::string text;

    std::vector<std::string> lines() const;
    std::string folder() const { return path.parent_path().generic_string(); }
};

struct Include {
    std::size_t line = 0;
    std::string name;  // as between the quotes or brackets
    bool is_quoted = false;
};

std::filesystem::path project_folder();

// Every file below the folder whose name has one of the endings; an absent folder has none.
std::vector<SourceFile> read_sources(std::string_view folder, const std::vector<std::string>& endings);
std::vector<SourceFile> read_code(const std::vector<std::string>& folders);

std::vector<Include> find_includes(const SourceFile& file);

struct Use {
    std::size_t line = 0;
    std::string word;
};

enum class Followed { by_anything, by_parenthesis };

// Where the words stand as code: not in comments or literals, not as a part of another name.
std::vector<Use> find_words(const SourceFile& file, const std::vector<std::string>& words, Followed followed);

// Comments and literals become blanks; lines stay where they are.
std::string without_comments_and_literals(std::string_view code);

// "src/base/error.hpp:12"
std::string at(const SourceFile& file, std::size_t line);

// One a line, for a failure message.
std::string join(const std::vector<std::string>& faults);

}  // namespace headgate::architecture
