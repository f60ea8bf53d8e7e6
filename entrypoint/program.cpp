// SPDX-License-Identifier: Apache-2.0
#include "entrypoint/program.hpp"

#include <exception>
#include <format>
#include <memory>
#include <optional>

#include "base/error.hpp"
#include "base/text.hpp"
#include "entrypoint/event_log.hpp"
#include "entrypoint/invocation.hpp"
#include "entrypoint/output.hpp"
#include "entrypoint/report.hpp"
#include "process/signals.hpp"
#include "settings/definitions.hpp"

namespace headgate::entrypoint {

namespace {

using base::Error;
using base::ErrorKind;

settings::Sources sources_of(const Invocation& invocation) {
    settings::Sources sources;
    sources.flags = invocation.flags;
    for (const auto& entry : process::current_environment()) {
        const auto equals = entry.find('=');
        if (equals != std::string::npos) sources.environment.emplace(entry.substr(0, equals), entry.substr(equals + 1));
    }
    if (invocation.config_file) {
        sources.file = *invocation.config_file;
        sources.file_is_required = true;
    }
    return sources;
}

// Before the settings are known, failures are told as the surroundings suggest.
std::unique_ptr<base::EventLog> log_before_settings(const std::string& run_id) {
    try {
        const auto settings = settings::read_settings(sources_of({}));
        return make_event_log(settings.log_format, settings.log_level, run_id, settings.image_label);
    } catch (const std::exception&) {
        return make_event_log(settings::LogFormat::text, "info", run_id, "");
    }
}

// Only those that are near to one of ours: in the environment of a container stands all sorts of things.
void warn_of_mistyped_variables(const settings::Sources& sources, base::EventLog& log) {
    for (const auto& [name, value] : sources.environment) {
        const auto similar = settings::find_similar_variable(name);
        if (!similar) continue;
        log.write(
            {base::Level::warning,
             "variable_ignored",
             std::format("{} is no variable of headgate's and has no effect; is it a mistyped {}?", name, *similar),
             {{"variable", name}, {"similar", *similar}}});
    }
}

base::Stop with_deadline(base::Stop stop, const settings::Settings& settings) {
    return settings.deadline ? stop.within(*settings.deadline) : stop;
}

Outcome run_invocation(const Invocation& invocation, const std::string& run_id, std::unique_ptr<base::EventLog>& log,
                       std::optional<process::SignalScope>& signals, base::Phase& phase) {
    if (invocation.command == nullptr) {
        print_line(base::trim(invocation.text));
        return ExitCode::done;
    }
    phase = base::Phase::settings;
    const auto sources = sources_of(invocation);
    const auto settings = settings::read_settings(sources);
    log = make_event_log(settings.log_format, settings.log_level, run_id, settings.image_label);
    signals.emplace();
    warn_of_mistyped_variables(sources, *log);
    phase = base::Phase::command;
    return invocation.command->run(
        {invocation.arguments, settings, sources, *log, with_deadline(signals->stop(), settings), run_id, phase});
}

Error as_error(const std::exception& exception) {
    return Error(ErrorKind::internal, std::string("an unexpected failure inside headgate: ") + exception.what())
        .with_hint("please report it, with this message");
}

}  // namespace

std::variant<int, ServerStart> run_program(const std::vector<std::string>& argv) {
    const auto run_id = base::make_random_id();
    std::unique_ptr<base::EventLog> log;
    // Outlives the report: a signal that is still pending ends us as soon as it may, and the cause would not be told.
    std::optional<process::SignalScope> signals;
    auto phase = base::Phase::arguments;
    const auto report = [&](const Error& error) {
        if (!log) log = log_before_settings(run_id);
        report_failure(error, phase, *log);
        if (signals) signals->forget_pending();
        return exit_status_of(error);
    };
    try {
        auto outcome = run_invocation(parse_invocation(argv), run_id, log, signals, phase);
        if (auto* server = std::get_if<ServerStart>(&outcome)) return std::move(*server);
        return static_cast<int>(std::get<ExitCode>(outcome));
    } catch (const Error& error) {
        return report(error);
    } catch (const std::exception& exception) {
        return report(as_error(exception));
    }
}

int become_server(const ServerStart& server) {
    try {
        process::become(server.program, server.arguments, server.environment);
    } catch (const Error& error) {
        return report_at_the_end(error);
    }
}

int report_at_the_end(const Error& error) {
    report_failure(error, base::Phase::server, *log_before_settings(base::make_random_id()));
    return exit_status_of(error);
}

}  // namespace headgate::entrypoint
