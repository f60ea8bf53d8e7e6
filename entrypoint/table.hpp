// SPDX-License-Identifier: Apache-2.0
// The table of commands, and the options that several of them have.
#pragma once

#include "base/text.hpp"
#include "entrypoint/command.hpp"

namespace headgate::entrypoint {

inline constexpr Option json_option{"--json", "", "print JSON"};
inline constexpr Option onto_existing_option{"--onto-existing", "",
                                             "start from base although the schema holds tables already"};
inline constexpr Option allow_diverged_option{"--allow-diverged", "REV",
                                              "go on although the database has this revision and the files do not"};

extern const Command run_command;
extern const Command wait_command;
extern const Command upgrade_command;
extern const Command downgrade_command;
extern const Command current_command;
extern const Command history_command;
extern const Command heads_command;
extern const Command show_command;
extern const Command stamp_command;
extern const Command repair_command;
extern const Command revision_command;
extern const Command import_command;
extern const Command adopt_command;
extern const Command merge_command;
extern const Command branches_command;
extern const Command edit_command;
extern const Command check_command;
extern const Command config_command;
extern const Command init_command;
extern const Command reset_command;
extern const Command completion_command;

}  // namespace headgate::entrypoint
