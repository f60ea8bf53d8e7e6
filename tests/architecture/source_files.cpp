// SPDX-License-Identifier: Apache-2.0
#include "architecture/source_files.hpp"

#include <algorithm>
#include <cctype>
#include <format>
#include <fstream>
#include <iterator>
#include <sstream>

namespace headgate::architecture {
namespace fs = std::filesystem;

namespace {

std::string read_whole(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Blanks out [begin, end) but for its line ends, and gives the end.
std::size_t blank(std::string& code, std::size_t begin, std::size_t end) {
    end = std::min(end, code.size());
    for (std::size_t i = begin; i < end; ++i)
        if (code[i] != '\n') code[i] = ' ';
    return end;
}

std::size_t after(const std::string& code, std::string_view what, std::size_t from) {
    const auto found = code.find(what, from);
    return found == std::string::npos ? code.size() : found + what.size();
}

std::size_t end_of_literal(const std::string& code, std::size_t begin) {
    std::size_t i = begin + 1;
    while (i < code.size() && code[i] != code[begin] && code[i] != '\n') i += code[i] == '\\' ? 2 : 1;
    return i + 1;
}

bool is_digit_separator(const std::string& code, std::size_t i) {
    return code[i] == '\'' && i > 0 && std::isalnum(static_cast<unsigned char>(code[i - 1]));
}

bool is_word_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// A member of an object (`.` or `->` before it) is another thing with the same name.
bool has_word(const std::string& line, const std::string& word, Followed followed) {
    for (auto found = line.find(word); found != std::string::npos; found = line.find(word, found + 1)) {
        const char before = found == 0 ? ' ' : line[found - 1];
        const auto end = found + word.size();
        const bool is_whole = !is_word_character(before) && (end == line.size() || !is_word_character(line[end]));
        const auto next = line.find_first_not_of(' ', end);
        const bool is_call = next != std::string::npos && line[next] == '(' && before != '.' && before != '>';
        if (is_whole && (followed == Followed::by_anything || is_call)) return true;
    }
    return false;
}

}  // namespace

fs::path project_folder() {
    return HEADGATE_SOURCE_DIR;
}

std::vector<std::string> SourceFile::lines() const {
    std::istringstream stream(text);
    std::vector<std::string> all;
    for (std::string line; std::getline(stream, line);) all.push_back(line);
    return all;
}

std::vector<SourceFile> read_sources(std::string_view folder, const std::vector<std::string>& endings) {
    std::vector<SourceFile> files;
    const fs::path root = project_folder() / folder;
    if (!fs::exists(root)) return files;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        const std::string name = entry.path().filename();
        const bool is_wanted =
            entry.is_regular_file() && std::ranges::any_of(endings, [&](const auto& e) { return name.ends_with(e); });
        if (is_wanted) files.push_back({entry.path().lexically_relative(project_folder()), read_whole(entry.path())});
    }
    std::ranges::sort(files, {}, &SourceFile::path);
    return files;
}

std::vector<SourceFile> read_code(const std::vector<std::string>& folders) {
    std::vector<SourceFile> all;
    for (const auto& folder : folders)
        std::ranges::move(read_sources(folder, {".cpp", ".hpp", ".c", ".h"}), std::back_inserter(all));
    return all;
}

std::vector<Include> find_includes(const SourceFile& file) {
    std::vector<Include> includes;
    std::size_t number = 0;
    for (const auto& line : file.lines()) {
        ++number;
        if (!line.starts_with("#include ")) continue;
        const auto open = line.find_first_of("<\"");
        const auto close = line.find_first_of(">\"", open + 1);
        if (close == std::string::npos) continue;
        includes.push_back({number, line.substr(open + 1, close - open - 1), line[open] == '"'});
    }
    return includes;
}

std::string without_comments_and_literals(std::string_view text) {
    std::string code(text);
    for (std::size_t i = 0; i < code.size();) {
        if (code.compare(i, 2, "//") == 0)
            i = blank(code, i, code.find('\n', i));
        else if (code.compare(i, 2, "/*") == 0)
            i = blank(code, i, after(code, "*/", i + 2));
        else if (code.compare(i, 2, "R\"") == 0) {
            const auto open = code.find('(', i);
            i = blank(code, i, after(code, ")" + code.substr(i + 2, open - i - 2) + "\"", open));
        } else if (code[i] == '"' || (code[i] == '\'' && !is_digit_separator(code, i)))
            i = blank(code, i, end_of_literal(code, i));
        else
            ++i;
    }
    return code;
}

std::vector<Use> find_words(const SourceFile& file, const std::vector<std::string>& words, Followed followed) {
    const SourceFile bare{file.path, without_comments_and_literals(file.text)};
    std::vector<Use> found;
    std::size_t number = 0;
    for (const auto& line : bare.lines()) {
        ++number;
        for (const auto& word : words)
            if (has_word(line, word, followed)) found.push_back({number, word});
    }
    return found;
}

std::string at(const SourceFile& file, std::size_t line) {
    return std::format("{}:{}", file.path.generic_string(), line);
}

std::string join(const std::vector<std::string>& faults) {
    std::string text;
    for (const auto& fault : faults) text += fault + "\n";
    return text;
}

}  // namespace headgate::architecture
