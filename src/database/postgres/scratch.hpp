// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL database to try revisions on.
#pragma once

#include <memory>

#include "database/driver.hpp"
#include "database/scratch.hpp"

namespace headgate::database::postgres {

// Made beside the database of the URL, which is only the way in: with its encoding and locale, from template0.
std::unique_ptr<Scratch> make_scratch(const AskUrl& ask_url, const ConnectOptions& options, ScratchPlace place,
                                      base::EventLog& log, base::Stop stop);

}  // namespace headgate::database::postgres
