// SPDX-License-Identifier: Apache-2.0
#include "database/blocker.hpp"

#include <format>
#include <vector>

#include "base/text.hpp"

namespace headgate::database {

std::string render_holder(const Blocker& blocker) {
    if (blocker.pid == 0) return "a prepared transaction (pg_prepared_xacts names it)";
    std::vector<std::string> parts{std::format("pid {}", blocker.pid)};
    const auto add = [&](std::string text) {
        if (!text.empty()) parts.push_back(std::move(text));
    };
    add(blocker.application);
    add(blocker.client);
    add(blocker.since.empty() || blocker.state.empty() ? blocker.state
                                                       : std::format("{} since {}", blocker.state, blocker.since));
    add(blocker.holds.empty() ? "" : std::format("holds {}", blocker.holds));
    add(blocker.query);
    return base::join(parts, ", ");
}

}  // namespace headgate::database
