// SPDX-License-Identifier: Apache-2.0
// Habits that a compiler does not check.
#include <algorithm>
#include <format>
#include <iterator>
#include <map>
#include <ranges>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "architecture/source_files.hpp"

using namespace headgate::architecture;

namespace {

const std::vector<std::string> code_folders = {"src", "entrypoint", "tests", "bench", "cmake"};
constexpr std::size_t line_limit = 400;

// A file over the limit, and why it is one file all the same.
const std::map<std::string, std::string> long_files = {};

std::vector<std::string> find_uses(const std::vector<SourceFile>& files, const std::vector<std::string>& words,
                                   Followed followed) {
    std::vector<std::string> found;
    for (const auto& file : files)
        for (const auto& use : find_words(file, words, followed)) found.push_back(at(file, use.line) + ": " + use.word);
    return found;
}

void check_none(const std::vector<std::string>& found) {
    INFO(join(found));
    CHECK(found.empty());
}

std::vector<SourceFile> read_everything() {
    auto files = read_code(code_folders);
    for (const std::string folder : {"src", "entrypoint", "tests", "bench", "cmake"})
        std::ranges::move(read_sources(folder, {"CMakeLists.txt", ".cmake", ".py", ".sh"}), std::back_inserter(files));
    std::ranges::move(read_sources("scripts", {""}), std::back_inserter(files));
    return files;
}

}  // namespace

TEST_CASE("the library never prints") {
    const auto library = read_code({"src"});
    check_none(find_uses(library, {"std::cout", "std::cerr", "std::clog", "std::print", "std::println"},
                         Followed::by_anything));
    check_none(find_uses(library, {"printf", "fprintf", "vprintf", "puts", "fputs", "putchar", "perror"},
                         Followed::by_parenthesis));
}

TEST_CASE("the library never ends the process") {
    check_none(find_uses(read_code({"src"}), {"exit", "_exit", "_Exit", "quick_exit", "abort", "terminate"},
                         Followed::by_parenthesis));
}

TEST_CASE("no locale is ever set: messages and numbers are the same everywhere") {
    check_none(find_uses(read_code({"src", "entrypoint"}), {"setlocale", "std::locale"}, Followed::by_anything));
}

TEST_CASE("every file says its licence in its first lines") {
    std::vector<std::string> faults;
    for (const auto& file : read_everything()) {
        const auto lines = file.lines();
        const bool is_said = std::ranges::any_of(lines | std::views::take(3), [](const std::string& line) {
            return line.ends_with("SPDX-License-Identifier: Apache-2.0");
        });
        if (!is_said) faults.push_back(file.path.generic_string());
    }
    check_none(faults);
}

TEST_CASE("every header is included once") {
    std::vector<std::string> faults;
    for (const auto& file : read_code(code_folders))
        if (file.path.extension() == ".hpp" && !file.text.contains("\n#pragma once\n"))
            faults.push_back(file.path.generic_string());
    check_none(faults);
}

TEST_CASE("a file over 400 lines has a listed reason") {
    std::vector<std::string> faults;
    for (const auto& file : read_code(code_folders)) {
        const auto count = file.lines().size();
        if (count > line_limit && !long_files.contains(file.path.generic_string()))
            faults.push_back(std::format("{}: {} lines", file.path.generic_string(), count));
    }
    check_none(faults);
}

TEST_CASE("no folder is a drawer for everything else") {
    static const std::set<std::string> drawers = {"core",   "util",    "utils",  "common", "misc",
                                                  "helper", "helpers", "shared", "lib"};
    std::vector<std::string> faults;
    for (const auto& file : read_code(code_folders))
        for (const auto& part : file.path.parent_path())
            if (drawers.contains(part.string())) faults.push_back(file.path.generic_string());
    check_none(faults);
}

TEST_CASE("nothing is left for later in the code") {
    static const std::vector<std::string> marks = {std::string("TO") + "DO", std::string("FIX") + "ME",
                                                   std::string("XX") + "X"};
    std::vector<std::string> faults;
    for (const auto& file : read_code({"src", "entrypoint"})) {
        std::size_t number = 0;
        for (const auto& line : file.lines()) {
            ++number;
            if (std::ranges::any_of(marks, [&](const auto& mark) { return line.contains(mark); }))
                faults.push_back(at(file, number));
        }
    }
    check_none(faults);
}

// A clock that is set, or jumps, would lengthen or end a wait. What the wall clock is for: the time of a line of the
// log, and of a new revision; and, once when it comes, what is left of a token that expires at a wall clock's time.
TEST_CASE("the wall clock decides nothing: it is read for the log, a new revision's date and a token's expiry only") {
    static const std::set<std::string> readers = {"entrypoint/event_log.cpp", "entrypoint/revision_making.cpp",
                                                  "src/identity/azure.cpp"};
    std::vector<std::string> faults;
    for (const auto& file : read_code({"src", "entrypoint"})) {
        if (readers.contains(file.path.generic_string())) continue;
        for (const auto& words :
             {find_words(file,
                         {"system_clock", "utc_clock", "file_clock", "high_resolution_clock", "CLOCK_REALTIME",
                          "timerfd_create"},
                         Followed::by_anything),
              find_words(file, {"time", "gettimeofday", "localtime", "gmtime"}, Followed::by_parenthesis)})
            for (const auto& use : words) faults.push_back(at(file, use.line) + ": " + use.word);
    }
    check_none(faults);
}
