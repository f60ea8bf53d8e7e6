// SPDX-License-Identifier: Apache-2.0
// A command as a person writes it where there are no arrays (a variable, a flag): ["get-token", "--for", "my db"], as
// in a Dockerfile; or get-token --for db, which is cut at blanks and nothing else. No shell reads it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace headgate::settings {

// Throws Error(bad_configuration) without any part of `text`: `origin` says where it stands.
std::vector<std::string> parse_command(std::string_view text, std::string_view origin);

// Its program and how many arguments there are: they may hold a secret.
std::string render_command(const std::vector<std::string>& command);

}  // namespace headgate::settings
