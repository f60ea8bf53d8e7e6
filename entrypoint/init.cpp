// SPDX-License-Identifier: Apache-2.0
// headgate init: a settings file and a migrations folder with a first revision. Never overwrites anything.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <format>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.hpp"
#include "entrypoint/output.hpp"
#include "entrypoint/revision_making.hpp"
#include "entrypoint/table.hpp"

namespace headgate::entrypoint {

namespace {

using base::Error;
using base::ErrorKind;

constexpr auto settings_text =
    "# headgate's settings: `headgate config` prints all of them with their values.\n"
    "# Flags and HEADGATE_… variables win over this file. The database is best named by DATABASE_URL.\n"
    "migrations = \"{}\"\n"
    "# dialects = [\"postgresql\", \"sqlite\"]  # what `headgate check` looks at\n"
    "\n"
    "# wait_timeout = \"60s\"   # for the database\n"
    "# gate_timeout = \"8min\"  # for another replica that migrates\n"
    "# lock_timeout = \"2s\"    # for locks on tables; the whole step is then tried again\n";

constexpr auto next_lines =
    "Next:\n"
    "  write the SQL of the first revision\n"
    "  headgate check --roundtrip              # try it, up and down, on a scratch database\n"
    "  headgate upgrade                        # apply it\n"
    "  headgate revision -m \"create users\"     # start the next\n"
    "In the Dockerfile of your server:\n"
    "  COPY --from=headgate /headgate /headgate\n"
    "  COPY {0} {0}\n"
    "  ENTRYPOINT [\"/headgate\", \"run\", \"--\"]\n"
    "  CMD [\"your-server\", \"its\", \"arguments\"]";

void write_new_file(const std::filesystem::path& path, const std::string& text) {
    if (std::filesystem::exists(path)) {
        throw Error(ErrorKind::cannot_create, std::format("{} is there already", path.string()))
            .with_hint("init never overwrites a file");
    }
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file)
        throw Error(ErrorKind::cannot_create, std::format("cannot write {}: {}", path.string(), std::strerror(errno)));
}

bool has_revisions(const std::filesystem::path& folder) {
    const std::filesystem::recursive_directory_iterator entries(folder);
    return std::ranges::any_of(entries, [](const auto& entry) { return entry.path().extension() == ".sql"; });
}

Outcome init(const Context& context) {
    const auto& folder = context.settings.migrations;
    const auto message = context.arguments.find("message").value_or("first revision");
    write_new_file(context.sources.file, std::vformat(settings_text, std::make_format_args(folder.native())));
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed)
        throw Error(ErrorKind::cannot_create, std::format("cannot make {}: {}", folder.string(), failed.message()));
    print_line(std::format("wrote {} and {}/", context.sources.file.string(), folder.string()));
    if (!has_revisions(folder)) make_revision_file(context, revision::Graph({}), {}, message);
    print_line(std::vformat(next_lines, std::make_format_args(folder.native())));
    return ExitCode::done;
}

}  // namespace

const Command init_command{
    .name = "init",
    .summary = "write headgate.toml and a migrations folder with a first revision",
    .options = {{"-m,--message", "TEXT", "what the first revision does"}},
    .positional = {},
    .takes = Takes::no_server,
    .run = init,
};

}  // namespace headgate::entrypoint
