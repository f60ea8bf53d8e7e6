// SPDX-License-Identifier: Apache-2.0
// Any bytes are a revision or have problems with lines that are in the file; sections lie inside the text and do not
// overlap. The first byte chooses the dialect.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "revision/revision_file.hpp"

namespace {

using headgate::base::DialectId;
using headgate::revision::ParsedFile;
using headgate::revision::Section;

void check(bool condition) {
    if (!condition) std::abort();
}

void check_section(const Section& section, std::string_view text) {
    check(section.offset <= text.size() && section.size <= text.size() - section.offset);
    check(section.line >= 1);
}

void check_problems(const ParsedFile& parsed, std::string_view text) {
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n') + std::ranges::count(text, '\r')) + 1;
    for (const auto& problem : parsed.problems) {
        check(problem.spot.file == "r.sql" && problem.spot.line >= 1 && problem.spot.line <= lines + 1);
        const bool ends_in_words_of_the_file = problem.message.starts_with("the revision is not finished: ");
        check(!problem.message.empty() && (ends_in_words_of_the_file || !problem.message.ends_with('.')));
    }
}

bool is_apart(const Section& left, const Section& right) {
    return left.offset + left.size <= right.offset || right.offset + right.size <= left.offset;
}

void check_parsed(const ParsedFile& parsed, std::string_view text) {
    check_problems(parsed, text);
    check(parsed.revision || !parsed.problems.empty());
    if (!parsed.revision || !parsed.problems.empty()) return;
    const headgate::revision::Revision& revision = *parsed.revision;
    check_section(revision.upgrade, text);
    check(revision.upgrade.checksums.raw.size() == 64 && revision.upgrade.checksums.tokens.size() == 64);
    if (!revision.downgrade) return;
    check_section(*revision.downgrade, text);
    check(is_apart(revision.upgrade, *revision.downgrade));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string bytes(data, data + size);
    if (bytes.empty()) return 0;
    const DialectId dialect = bytes.front() % 2 == 0 ? DialectId::postgresql : DialectId::sqlite;
    const std::string_view text = std::string_view(bytes).substr(1);
    check_parsed(headgate::revision::parse_revision(text, "r.sql", dialect), text);
    return 0;
}
