// SPDX-License-Identifier: Apache-2.0
// headgate's version and those of the libraries inside.
#pragma once

#include <string>
#include <string_view>

namespace headgate::entrypoint {

std::string_view version();
std::string render_versions();

}  // namespace headgate::entrypoint
