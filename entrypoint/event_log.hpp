// SPDX-License-Identifier: Apache-2.0
// How events look: text for people, JSON lines for machines; always on stderr. What passwords there are is known here,
// and none of them is ever written.
#pragma once

#include <memory>
#include <string>

#include "base/event.hpp"
#include "settings/settings.hpp"

namespace headgate::entrypoint {

// `level`: debug, info, warning or error; events below it are left out.
std::unique_ptr<base::EventLog> make_event_log(settings::LogFormat format, const std::string& level,
                                               const std::string& run_id, const std::string& image_label);

}  // namespace headgate::entrypoint
