// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/invocation.hpp"

#include <algorithm>
#include <format>
#include <memory>
#include <ranges>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "entrypoint/alembic_words.hpp"
#include "entrypoint/manual.hpp"
#include "entrypoint/version.hpp"
#include "settings/definitions.hpp"

namespace headgate::entrypoint {

namespace {

using base::Error;
using base::ErrorKind;

constexpr auto description =
    "headgate opens the gate to a server only when its database is at head.\n\n"
    "  headgate run -- server args…   wait for the database, apply what is pending, become the server\n"
    "  headgate upgrade               apply what is pending\n"
    "  headgate revision -m TEXT      start a new revision\n"
    "  headgate help [COMMAND]        the same as --help; help --man: the manual page\n\n"
    "The database is named by DATABASE_URL (or --database-url, HEADGATE_DATABASE_URL, headgate.toml).";

// "-m,--message" names the option "message".
std::string name_of(const Option& option) {
    auto last = base::split_at(option.flags, ',').back();
    while (last.starts_with('-')) last.remove_prefix(1);
    return std::string(last);
}

std::string type_of(const settings::Definition& definition) {
    if (!definition.choices.empty()) return std::string(definition.choices);
    return definition.kind == settings::ValueKind::duration ? "DURATION" : "VALUE";
}

// "help upgrade" is "upgrade --help"; a word that is no command is left to be refused.
std::vector<std::string> turn_help_around(std::vector<std::string> argv) {
    if (argv.empty() || argv.front() != "help") return argv;
    argv.erase(argv.begin());
    if (argv.empty() || std::ranges::contains(commands(), argv.front(), &Command::name)) argv.emplace_back("--help");
    return argv;
}

// Everything behind "--" belongs to the server, whatever it looks like.
std::vector<std::string> cut_server(std::vector<std::string>& argv) {
    const auto marker = std::ranges::find(argv, "--");
    if (marker == argv.end()) return {};
    std::vector<std::string> server(marker + 1, argv.end());
    argv.erase(marker, argv.end());
    return server;
}

// Binds one CLI11 parser to an Invocation.
class Parser {
public:
    explicit Parser(Invocation& invocation) : invocation_(invocation), app_(std::string(description), "headgate") {
        app_.fallthrough();
        app_.require_subcommand(0, 1);  // "heads" behind "upgrade" is its target, not another command
        app_.allow_extras();            // so that what is too much can be named by us
        app_.set_version_flag(
            "--version", [] { return render_versions(); },
            "print the versions of headgate and of the libraries inside");
        app_.add_option("--config", config_file_, "settings file")->type_name("FILE")->group("Settings");
        app_.add_flag("--dev", "let run and wait use sqlite:///./local.db where no database is named")
            ->group("Settings");
        app_.add_option("-x", step_variables_, "what a step reads as current_setting('headgate.KEY')")
            ->type_name("KEY=VALUE")
            ->expected(1)
            ->allow_extra_args(false)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
            ->group("Settings");
        add_settings();
        for (const auto& command : commands()) add_command(command);
        app_.get_formatter()->column_width(34);
    }

    void parse(std::vector<std::string> argv) {
        std::ranges::reverse(argv);  // CLI11 takes them from the back
        try {
            app_.parse(std::move(argv));
        } catch (const CLI::CallForHelp&) {
            invocation_.text = app_.help();
            for (const auto* chosen : app_.get_subcommands()) invocation_.text = chosen->help();
            return;
        } catch (const CLI::CallForVersion& version) {
            invocation_.text = std::string(version.what()) + "\n";
            return;
        } catch (const CLI::ParseError& error) {
            throw Error(ErrorKind::usage, error.what()).with_hint(hint());
        }
        check_words();
        collect();
    }

private:
    const CLI::App* chosen() const {
        const auto subcommands = app_.get_subcommands();
        return subcommands.empty() ? nullptr : subcommands.front();
    }

    std::string name_help() const {
        return chosen() == nullptr ? "headgate --help" : std::format("headgate {} --help", chosen()->get_name());
    }

    void check_words() const {
        const auto extras = app_.remaining(true);
        if (chosen() == nullptr && extras.empty())
            throw Error(ErrorKind::usage, "no command is given").with_hint("headgate --help");
        if (extras.empty()) return;
        const auto& extra = extras.front();
        if (chosen() == nullptr) throw no_command(extra);
        const auto command = chosen()->get_name();
        throw Error(ErrorKind::usage, std::format("\"{}\" is too much for {}", extra, command)).with_hint(hint());
    }

    // By the first word that nothing here takes.
    std::string hint() const {
        const auto extras = app_.remaining(true);
        if (chosen() == nullptr || extras.empty()) return name_help();
        const auto& extra = extras.front();
        const auto command = chosen()->get_name();
        const bool is_server =
            !extra.starts_with('-') && std::ranges::find(commands(), command, &Command::name)->takes == Takes::server;
        if (is_server) return std::format("the server comes after \"--\": headgate {} -- {} …", command, extra);
        return std::string(find_instead(command, extra).value_or(name_help()));
    }

    static Error no_command(const std::string& word) {
        std::vector<std::string_view> names;
        for (const auto& command : commands()) names.push_back(command.name);
        const auto nearest = base::find_nearest(word, names);
        const auto other = nearest ? std::format("headgate {}?", *nearest) : "headgate --help";
        return Error(ErrorKind::usage, std::format("\"{}\" is no command of headgate", word))
            .with_hint(std::string(find_instead("", word).value_or(other)));
    }

    void add_settings() {
        for (const auto& definition : settings::definitions()) {
            auto* option = app_.add_option(settings::flag_of(definition), values_[std::string(definition.name)],
                                           std::string(definition.description));
            option->type_name(type_of(definition))->default_str(std::string(definition.default_value));
            option->group("Settings");
            setting_options_.emplace(definition.name, option);
        }
    }

    void add_command(const Command& command) {
        auto* sub = app_.add_subcommand(std::string(command.name), std::string(command.summary));
        sub->group("Commands");
        sub->usage("Usage: " + render_usage(command));
        auto& given = given_[&command];
        for (const auto& option : command.options) {
            auto* added = add_option(*sub, option, given.options[name_of(option)]);
            command_options_[&command].emplace_back(name_of(option), added);
        }
        add_positional(*sub, command.positional, given.positionals);
        if (command.takes == Takes::server) sub->footer("The server and its arguments follow \"--\".");
    }

    static CLI::Option* add_option(CLI::App& sub, const Option& option, std::vector<std::string>& values) {
        const std::string flags(option.flags);
        const std::string help(option.help);
        if (option.value.empty()) return sub.add_flag_function(flags, [](std::int64_t) {}, help);
        auto* added = sub.add_option(flags, values, help)->type_name(std::string(option.value));
        // One value each time it is given: what follows is the command's.
        return added->expected(1)->allow_extra_args(false)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }

    static void add_positional(CLI::App& sub, const Positional& positional, std::vector<std::string>& values) {
        using enum Positional::Count;
        if (positional.count == none) return;
        auto* option =
            sub.add_option(std::string(positional.name), values, std::string(positional.help))->type_name("");
        if (positional.count == any) return;
        if (positional.count == many) {
            option->required();
        } else {
            option->expected(positional.count == one ? 1 : 0, 1);
            option->required(positional.count == one);
        }
    }

    void collect() {
        const auto name = app_.get_subcommands().front()->get_name();
        invocation_.command = &*std::ranges::find(commands(), name, &Command::name);
        auto& given = given_[invocation_.command];
        for (const auto& [option, added] : command_options_[invocation_.command]) {
            if (added->count() == 0) given.options.erase(option);
        }
        invocation_.arguments = std::move(given);
        if (app_.count("--dev") > 0) invocation_.arguments.options["dev"];
        if (!step_variables_.empty()) invocation_.arguments.options["x"] = step_variables_;
        for (const auto& [setting, option] : setting_options_) {
            if (option->count() > 0) invocation_.flags[setting] = values_[setting];
        }
        if (!config_file_.empty()) invocation_.config_file = config_file_;
    }

    Invocation& invocation_;
    CLI::App app_;
    std::string config_file_;
    std::vector<std::string> step_variables_;
    std::map<std::string, std::string> values_;
    std::map<std::string, CLI::Option*> setting_options_;
    std::map<const Command*, Arguments> given_;
    std::map<const Command*, std::vector<std::pair<std::string, CLI::Option*>>> command_options_;
};

}  // namespace

std::optional<std::string> Arguments::find(std::string_view option) const {
    const auto found = options.find(option);
    if (found == options.end() || found->second.empty()) return std::nullopt;
    return found->second.back();
}

std::vector<std::string> Arguments::all(std::string_view option) const {
    const auto found = options.find(option);
    return found == options.end() ? std::vector<std::string>{} : found->second;
}

Invocation parse_invocation(const std::vector<std::string>& argv) {
    std::vector<std::string> own(argv.begin() + std::min<std::ptrdiff_t>(1, std::ssize(argv)), argv.end());
    const bool has_marker = std::ranges::contains(own, "--");
    auto server = cut_server(own);
    Invocation invocation;
    if (own == std::vector<std::string>{"help", "--man"}) {
        invocation.text = render_manual();
        return invocation;
    }
    Parser parser(invocation);
    parser.parse(turn_help_around(std::move(own)));
    if (invocation.command == nullptr) return invocation;
    if (has_marker && invocation.command->takes == Takes::no_server) {
        throw Error(ErrorKind::usage, std::format("{} takes no server after \"--\"", invocation.command->name))
            .with_hint(std::format("headgate {} --help", invocation.command->name));
    }
    invocation.arguments.server = std::move(server);
    return invocation;
}

}  // namespace headgate::entrypoint
