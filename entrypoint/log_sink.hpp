// SPDX-License-Identifier: Apache-2.0
// Where lines of the log go when stderr is no terminal. A reader that reads no more (a stuck log collector with a full
// pipe) must neither stop a migration nor keep a signal from being seen: such lines are dropped.
#pragma once

#include <spdlog/common.h>

namespace headgate::entrypoint {

spdlog::sink_ptr make_log_sink();

}  // namespace headgate::entrypoint
