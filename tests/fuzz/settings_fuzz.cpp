// SPDX-License-Identifier: Apache-2.0
// Any headgate.toml and any environment give settings or an Error(bad_configuration) whose place is in the file.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

#include "base/error.hpp"
#include "settings/definitions.hpp"
#include "settings/settings.hpp"

namespace {

using headgate::base::Error;
using headgate::base::ErrorKind;

void check(bool condition) {
    if (!condition) std::abort();
}

// A file in memory that is written anew for every input.
class MemoryFile {
public:
    MemoryFile() : descriptor_(memfd_create("headgate.toml", 0)) { check(descriptor_ >= 0); }

    std::string fill(std::string_view text) const {
        check(ftruncate(descriptor_, 0) == 0);
        check(pwrite(descriptor_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
        return "/proc/self/fd/" + std::to_string(descriptor_);
    }

private:
    int descriptor_;
};

void try_settings(const headgate::settings::Sources& sources) {
    try {
        const auto settings = headgate::settings::read_settings(sources);
        check(settings.given.size() == headgate::settings::definitions().size());
    } catch (const Error& error) {
        check(error.kind == ErrorKind::bad_configuration);
        check(error.excerpt.empty());
    }
}

// The same text as the value of every variable, one after the other.
void try_as_variables(const std::string& text) {
    if (text.contains('\0')) return;
    for (const auto& definition : headgate::settings::definitions())
        try_settings({.environment = {{headgate::settings::variable_of(definition), text}}, .file = "/nonexistent"});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const MemoryFile file;
    const std::string text(data, data + size);
    try_settings({.environment = {}, .file = file.fill(text), .file_is_required = true});
    try_as_variables(text);
    return 0;
}
