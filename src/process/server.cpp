// SPDX-License-Identifier: Apache-2.0
#include "process/server.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <format>
#include <optional>
#include <span>
#include <string_view>

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace headgate::process {

namespace {

using base::Error;
using base::ErrorKind;

enum class Candidate { absent, not_executable, executable };

Candidate look_at(const std::filesystem::path& path) {
    struct stat status{};
    if (stat(path.c_str(), &status) != 0) return errno == EACCES ? Candidate::not_executable : Candidate::absent;
    if (S_ISDIR(status.st_mode)) return Candidate::not_executable;
    return access(path.c_str(), X_OK) == 0 ? Candidate::executable : Candidate::not_executable;
}

Error not_executable(const std::string& name) {
    return Error(ErrorKind::not_executable, std::format("the server \"{}\" is there but cannot be executed", name))
        .with_hint("is it a file with execute permission, for this user?");
}

Error not_found(const std::string& name, std::string_view where) {
    return Error(ErrorKind::not_found, std::format("the server \"{}\" was not found{}", name, where))
        .with_hint("give the full path, or install it into the image; nothing was migrated");
}

// As execvp does where PATH is not set (POSIX leaves the default to us).
std::string search_path() {
    const char* path = std::getenv("PATH");
    return path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

Environment current_environment() {
    Environment environment;
    for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
    return environment;
}

std::filesystem::path find_program(const std::string& name) {
    if (name.empty()) throw not_found(name, "");
    if (name.contains('/')) {
        switch (look_at(name)) {
            case Candidate::executable:
                return name;
            case Candidate::not_executable:
                throw not_executable(name);
            case Candidate::absent:
                throw not_found(name, "");
        }
    }
    std::optional<std::filesystem::path> unusable;
    const auto path = search_path();
    for (const auto folder : base::split_at(path, ':')) {
        auto candidate = std::filesystem::path(folder.empty() ? "." : folder) / name;
        switch (look_at(candidate)) {
            case Candidate::executable:
                return candidate;
            case Candidate::not_executable:
                unusable = std::move(candidate);
                break;
            case Candidate::absent:
                break;
        }
    }
    if (unusable) throw not_executable(unusable->string());
    throw not_found(name, std::format(" in PATH ({})", path));
}

std::filesystem::path find_own_program() {
    constexpr auto link = "/proc/self/exe";
    if (access(link, X_OK) == 0) return link;
    return reinterpret_cast<const char*>(getauxval(AT_EXECFN));
}

void become(const std::filesystem::path& program, const std::vector<std::string>& arguments,
            const Environment& environment) {
    auto argv = pointers_to(arguments);
    auto envp = pointers_to(environment);
    // Whatever a library left open, and whatever descriptors we were given beyond the standard three.
    close_range(3, ~0U, 0);
    execve(program.c_str(), argv.data(), envp.data());
    const int reason = errno;
    // ENOENT here: the file's interpreter (#! line or dynamic loader) is missing from the image.
    const auto kind = reason == ENOENT ? ErrorKind::not_found : ErrorKind::not_executable;
    throw Error(kind, std::format("cannot execute the server \"{}\": {}", program.string(), std::strerror(reason)))
        .with_hint(reason == ENOENT ? "the file is there: its interpreter or dynamic loader is missing from this image"
                                    : "is it a program for this machine?");
}

}  // namespace headgate::process
