// SPDX-License-Identifier: Apache-2.0
// What a command is: data that the command line is made of, and one function. commands.cpp lists them all.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/event.hpp"
#include "base/phase.hpp"
#include "base/stop.hpp"
#include "entrypoint/exit_code.hpp"
#include "process/server.hpp"
#include "settings/settings.hpp"

namespace headgate::entrypoint {

struct Option {
    std::string_view flags;  // "-m,--message"; the last one names the option in Arguments
    std::string_view value;  // "TEXT" in the help; empty: a switch
    std::string_view help;
};

struct Positional {
    enum class Count { none, optional, one, many, any };
    Count count = Count::none;
    std::string_view name;
    std::string_view help;
};

// What was given to the command itself; settings are not here.
class Arguments {
public:
    bool has(std::string_view option) const { return options.contains(option); }
    std::optional<std::string> find(std::string_view option) const;
    std::vector<std::string> all(std::string_view option) const;

    std::map<std::string, std::vector<std::string>, std::less<>> options;  // by long name without dashes
    std::vector<std::string> positionals;
    std::vector<std::string> server;  // after "--", byte for byte
};

struct Context {
    const Arguments& arguments;
    const settings::Settings& settings;
    const settings::Sources& sources;
    base::EventLog& log;
    base::Stop stop;
    std::string run_id;
    base::Phase& phase;  // where the run is, for the report of its failure
};

// The server to become when every scope has been left.
struct ServerStart {
    std::filesystem::path program;
    std::vector<std::string> arguments;
    process::Environment environment;
};

using Outcome = std::variant<ExitCode, ServerStart>;

enum class Takes { no_server, server };

struct Command {
    std::string_view name;
    std::string_view summary;  // one line of `headgate --help`
    std::vector<Option> options;
    Positional positional;
    Takes takes = Takes::no_server;  // whether "-- server args…" may follow
    Outcome (*run)(const Context& context) = nullptr;
};

const std::vector<Command>& commands();

}  // namespace headgate::entrypoint
