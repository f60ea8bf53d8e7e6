// SPDX-License-Identifier: Apache-2.0
#include "support/processes.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>

#include <unistd.h>

namespace headgate::support {
namespace {

std::optional<pid_t> as_pid(const std::string& name) {
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
    return pid;
}

// "4711 (name) S 4710 …"; the name may hold anything.
std::optional<Process> read_process(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(file, line);
    const auto open = line.find('(');
    const auto close = line.rfind(')');
    if (open == std::string::npos || close == std::string::npos) return std::nullopt;
    Process process{.pid = pid, .name = line.substr(open + 1, close - open - 1)};
    std::istringstream(line.substr(close + 1)) >> process.state >> process.parent;
    return process;
}

}  // namespace

Program begun_by(std::vector<std::string> first, Program program) {
    std::vector<std::string> arguments(first.begin() + 1, first.end());
    arguments.push_back(program.executable);
    arguments.insert(arguments.end(), program.arguments.begin(), program.arguments.end());
    program.executable = first[0];
    program.arguments = std::move(arguments);
    return program;
}

Program unshared(std::vector<std::string> options, Program program) {
    if (::geteuid() != 0) options.insert(options.begin(), {"--user", "--map-root-user"});
    options.insert(options.begin(), "unshare");
    return begun_by(std::move(options), std::move(program));
}

Program as_first_process(Program program) {
    return unshared({"--pid", "--fork", "--kill-child", "--mount-proc"}, std::move(program));
}

std::vector<Process> list_processes() {
    std::vector<Process> processes;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const auto pid = as_pid(entry.path().filename().string());
        if (!pid) continue;
        if (auto process = read_process(*pid)) processes.push_back(*std::move(process));
    }
    return processes;
}

std::vector<Process> children_of(pid_t parent) {
    auto processes = list_processes();
    std::erase_if(processes, [&](const Process& process) { return process.parent != parent; });
    return processes;
}

pid_t find_below(pid_t root, std::string_view name) {
    const auto process = read_process(root);
    if (process && process->name == name) return root;
    for (const auto& child : children_of(root)) {
        if (const pid_t found = find_below(child.pid, name); found > 0) return found;
    }
    return -1;
}

pid_t wait_for_process(pid_t root, std::string_view name) {
    pid_t found = -1;
    if (!eventually([&] { return (found = find_below(root, name)) > 0; }))
        throw std::runtime_error("no process " + std::string(name) + " came");
    return found;
}

std::string status_field(pid_t pid, std::string_view field) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(std::string(field) + ":\t")) return line.substr(field.size() + 2);
    return "";
}

}  // namespace headgate::support
