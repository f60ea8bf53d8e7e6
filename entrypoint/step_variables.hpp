// SPDX-License-Identifier: Apache-2.0
// -x KEY=VALUE: what a person gives to the steps of a run. A step reads it as current_setting('headgate.KEY').
#pragma once

#include <map>
#include <string>

#include "base/dialect_id.hpp"
#include "entrypoint/command.hpp"

namespace headgate::entrypoint {

// Throws Error(usage) for what is no KEY=VALUE, for a key given twice, and for a dialect whose SQL could not read it.
std::map<std::string, std::string> read_step_variables(const Arguments& arguments, base::DialectId dialect);

}  // namespace headgate::entrypoint
