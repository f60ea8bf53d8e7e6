// SPDX-License-Identifier: Apache-2.0
#include "ledger/row.hpp"

#include <format>

#include "base/error.hpp"
#include "base/text.hpp"

namespace headgate::ledger {

std::string_view name_of(State state) {
    switch (state) {
        case State::applied:
            return "applied";
        case State::partial:
            return "partial";
    }
    return "";
}

State parse_state(std::string_view name) {
    if (name == "applied") return State::applied;
    if (name == "partial") return State::partial;
    throw base::Error(base::ErrorKind::history_mismatch,
                      std::format("the ledger has a row in the unknown state \"{}\"", name))
        .with_hint("a newer headgate wrote it: use that version");
}

std::string render_ids(const std::vector<std::string>& ids) {
    return base::join(ids, ",");
}

std::vector<std::string> parse_ids(std::string_view text) {
    std::vector<std::string> ids;
    for (const auto id : base::split_at(text, ',')) {
        if (!id.empty()) ids.emplace_back(id);
    }
    return ids;
}

}  // namespace headgate::ledger
