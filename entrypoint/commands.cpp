// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/command.hpp"
#include "entrypoint/table.hpp"

namespace headgate::entrypoint {

// In the order of `headgate --help`.
const std::vector<Command>& commands() {
    static const std::vector<Command> all{
        run_command,   wait_command,     upgrade_command,    downgrade_command, current_command, history_command,
        heads_command, branches_command, show_command,       revision_command,  merge_command,   edit_command,
        check_command, stamp_command,    repair_command,     import_command,    adopt_command,   config_command,
        init_command,  reset_command,    completion_command,
    };
    return all;
}

}  // namespace headgate::entrypoint
