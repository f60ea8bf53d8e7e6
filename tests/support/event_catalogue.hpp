// SPDX-License-Identifier: Apache-2.0
// docs/events.md, read: which events there are, at which levels, with which fields.
#pragma once

#include <map>
#include <set>
#include <string>

namespace headgate::support {

struct CataloguedEvent {
    std::set<std::string> levels;
    std::map<std::string, std::string> fields;  // name -> "text", "number"
};

struct EventCatalogue {
    std::map<std::string, std::string> common_fields;  // of every event
    std::map<std::string, CataloguedEvent> events;
};

EventCatalogue read_event_catalogue();

}  // namespace headgate::support
