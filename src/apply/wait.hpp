// SPDX-License-Identifier: Apache-2.0
// Story, part 5: connect, with growing pauses, until the database is there or the time is over.
#pragma once

#include <memory>

#include "apply/options.hpp"
#include "base/event.hpp"

namespace headgate::apply {

// Throws the last Error(unreachable) when `wait_timeout` or the stop's deadline has passed; a final error at once;
// Error(interrupted) for a signal.
std::unique_ptr<database::Connection> wait_for_database(const Connector& connector, base::Milliseconds wait_timeout,
                                                        base::EventLog& log, base::Stop stop);

}  // namespace headgate::apply
