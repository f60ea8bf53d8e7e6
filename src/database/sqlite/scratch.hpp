// SPDX-License-Identifier: Apache-2.0
// A SQLite file to try revisions on.
#pragma once

#include <memory>

#include "database/driver.hpp"
#include "database/scratch.hpp"

namespace headgate::database::sqlite {

std::unique_ptr<Scratch> make_scratch(const AskUrl& ask_url, const ConnectOptions& options, ScratchPlace place,
                                      base::EventLog& log, base::Stop stop);

}  // namespace headgate::database::sqlite
