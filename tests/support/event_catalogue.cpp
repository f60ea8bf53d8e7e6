// SPDX-License-Identifier: Apache-2.0
#include "support/event_catalogue.hpp"

#include <fstream>
#include <string_view>

namespace headgate::support {
namespace {

// What stands between the first `open` and the next `close` after it; empty where they are not there.
std::string_view between(std::string_view line, std::string_view open, std::string_view close) {
    const auto start = line.find(open);
    if (start == std::string_view::npos) return {};
    line.remove_prefix(start + open.size());
    const auto end = line.find(close);
    return end == std::string_view::npos ? std::string_view() : line.substr(0, end);
}

std::set<std::string> split_levels(std::string_view list) {
    std::set<std::string> levels;
    for (auto comma = list.find(", "); comma != std::string_view::npos; comma = list.find(", ")) {
        levels.emplace(list.substr(0, comma));
        list.remove_prefix(comma + 2);
    }
    levels.emplace(list);
    return levels;
}

}  // namespace

EventCatalogue read_event_catalogue() {
    EventCatalogue catalogue;
    auto* fields = &catalogue.common_fields;
    CataloguedEvent* event = nullptr;
    std::ifstream page(HEADGATE_SOURCE_DIR "/docs/events.md");
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("### `")) {
            event = &catalogue.events[std::string(between(line, "`", "`"))];
            fields = &event->fields;
        } else if (event != nullptr && line.starts_with("Level: ")) {
            event->levels = split_levels(between(line, "Level: ", "."));
        } else if (line.starts_with("| `")) {
            fields->emplace(between(line, "`", "`"), between(line, "` | ", " | "));
        }
    }
    return catalogue;
}

}  // namespace headgate::support
