// SPDX-License-Identifier: Apache-2.0
#include "ledger/journal.hpp"

#include <format>

#include "base/error.hpp"

namespace headgate::ledger {

namespace {

constexpr std::string_view begun = "begun";
constexpr std::string_view idle = "idle";

std::string_view name_of(Course course) {
    return course == Course::upgrade ? "upgrade" : "downgrade";
}

std::string_view take_word(std::string_view& text) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    if (!text.empty()) text.remove_prefix(1);
    return word;
}

}  // namespace

std::string render(const Journal& journal) {
    return std::format("{} {} {}{}{}", name_of(journal.course), journal.fingerprint, journal.has_begun ? begun : idle,
                       journal.note.empty() ? "" : " ", journal.note);
}

Journal parse_journal(std::string_view text) {
    auto left = text;
    const auto course = take_word(left);
    const auto fingerprint = take_word(left);
    const auto state = take_word(left);
    const bool is_known = (course == "upgrade" || course == "downgrade") && (state == begun || state == idle);
    if (!is_known) {
        throw base::Error(base::ErrorKind::history_mismatch,
                          std::format("the ledger has a journal that this headgate does not understand: \"{}\"", text))
            .with_hint("a newer headgate wrote it: use that version");
    }
    return {course == "upgrade" ? Course::upgrade : Course::downgrade, std::string(fingerprint), state == begun,
            std::string(left)};
}

}  // namespace headgate::ledger
