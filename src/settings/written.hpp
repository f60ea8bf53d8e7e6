// SPDX-License-Identifier: Apache-2.0
// Finds what somebody wrote for a setting, before it has a type: in the flags, then in the environment (a variable, or
// the file that its _FILE form names), then in headgate.toml.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "settings/definitions.hpp"
#include "settings/settings.hpp"
#include "toml/document.hpp"

namespace headgate::settings {

struct Written {
    std::string text;                // of a list: its parts, joined with ", "; of a command: what may be shown
    std::vector<std::string> parts;  // of a list or a command
    std::string origin;              // as in Given
    base::SourceSpot spot;           // in headgate.toml

    // "origin: message", at the spot.
    base::Error fault(std::string_view message) const;
};

// Nothing where the file is absent and may be. Throws Error(bad_configuration), also for keys that no setting has.
toml::Document read_file_settings(const Sources& sources);

// Throws Error(bad_configuration).
std::optional<Written> find_written(const Definition& definition, const Sources& sources, const toml::Document& file);

}  // namespace headgate::settings
