// SPDX-License-Identifier: Apache-2.0
// Lets a suite judge all that its programs said, whichever case ran them.
#pragma once

#include "support/program.hpp"

namespace headgate::support {

// Called with the outcome of every program that is waited for. One observer a process.
void observe_outcomes(void (*observer)(const Outcome&));

}  // namespace headgate::support
