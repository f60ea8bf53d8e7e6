// SPDX-License-Identifier: Apache-2.0
#include "identity/password_command.hpp"

#include <format>
#include <string_view>

#include "base/error.hpp"
#include "base/text.hpp"
#include "process/command.hpp"

namespace headgate::identity {

namespace {

using base::Error;
using base::ErrorKind;
using process::CommandEnd;

Error failure(std::string_view what) {
    return Error(ErrorKind::unreachable, std::format("password_command {}", what))
        .with_hint("what it writes is not shown, because it may be secret: run it by hand, in the same surroundings");
}

process::CommandResult run(const std::vector<std::string>& command, base::Stop stop) try {
    return process::run_command(command, stop);
} catch (Error& error) {
    if (error.kind != ErrorKind::not_found && error.kind != ErrorKind::not_executable) throw;
    throw Error(ErrorKind::bad_configuration,
                std::format("the program of password_command, \"{}\", {}", command.front(),
                            error.kind == ErrorKind::not_found ? "was not found" : "cannot be executed"))
        .with_hint("give its full path, or install it into the image");
}

void check(const process::CommandResult& result, base::Milliseconds at_most) {
    switch (result.end) {
        case CommandEnd::out_of_time:
            throw failure(
                std::format("was not done in time (password_timeout is {})", base::render_duration(at_most.count())));
        case CommandEnd::too_long:
            throw failure("wrote more than 64 KiB");
        case CommandEnd::by_signal:
            throw failure(std::format("was ended by signal {}", result.status));
        case CommandEnd::exited:
            if (result.status != 0) throw failure(std::format("ended with exit code {}", result.status));
    }
    if (result.first_line.empty()) throw failure("wrote no password");
    if (result.first_line.contains('\0')) throw failure("wrote a zero byte");
}

}  // namespace

base::Secret ask_command(const std::vector<std::string>& command, base::Milliseconds at_most, base::Stop stop) {
    auto result = run(command, stop.within(at_most));
    check(result, at_most);
    return base::Secret(std::move(result.first_line));
}

}  // namespace headgate::identity
