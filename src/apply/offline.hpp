// SPDX-License-Identifier: Apache-2.0
// The plan as a script for another day and another person (--sql): the same planner and the same steps as an online
// run, written down instead of sent. The database is taken to be where the range begins, and the script looks whether
// it is.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "apply/options.hpp"
#include "apply/stamp_plan.hpp"
#include "plan/target.hpp"
#include "revision/graph.hpp"

namespace headgate::apply {

using Sink = std::function<void(std::string_view)>;

struct OfflineSetting {
    const database::Driver& driver;
    database::ConnectOptions names;  // of schemas, tables and roles
    const revision::Graph& graph;
    const Options& options;
    const Sink& sink;  // takes the script piece by piece: a step's text is not kept
};

// From `from` (base, where there is none) to `to`. Throw what planning throws, before anything is written.
void write_upgrade(const OfflineSetting& setting, const std::optional<plan::Target>& from, const plan::Target& to);
void write_downgrade(const OfflineSetting& setting, const plan::Target& from, const plan::Target& to);
void write_stamp(const OfflineSetting& setting, const std::optional<plan::Target>& from,
                 const std::vector<plan::Target>& to);

}  // namespace headgate::apply
