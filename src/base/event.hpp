// SPDX-License-Identifier: Apache-2.0
// What the library says while it works: events with a name, a sentence for people and fields for machines.
// The library never prints; the entrypoint decides how an event looks (text or JSON, always on stderr).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace headgate::base {

enum class Level { debug, info, warning, error };

using FieldValue = std::variant<std::string, std::int64_t, bool>;

struct Event {
    Level level = Level::info;
    std::string name;      // "step_applied": part of the documented catalogue
    std::string sentence;  // what a person reads in a log
    std::vector<std::pair<std::string, FieldValue>> fields;
};

class EventLog {
public:
    virtual ~EventLog() = default;
    // Never throws: a log that cannot be written must not stop a migration.
    virtual void write(const Event& event) noexcept = 0;
    // A short-lived line about what runs now; shown on terminals only. Empty: nothing runs.
    virtual void show_progress(std::string_view line) noexcept = 0;
};

}  // namespace headgate::base
