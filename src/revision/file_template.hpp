// SPDX-License-Identifier: Apache-2.0
// The names of new revision files, by Alembic's file_template: text with tokens such as %(rev)s, %(slug)s, %(year)d and
// %(month).2d.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace headgate::revision {

struct FileNameParts {
    std::string id;
    std::string slug;
    std::chrono::sys_seconds time;  // UTC
};

// Throws Error(usage) naming the token that is unknown.
std::string fill_file_template(std::string_view text, const FileNameParts& parts);

}  // namespace headgate::revision
