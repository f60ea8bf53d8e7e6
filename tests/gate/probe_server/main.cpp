// SPDX-License-Identifier: Apache-2.0
// The server of the gate's tests: says what it was given, as the kernel sees it, then ends with the code that
// PROBE_EXIT names, or stays until a signal where PROBE_STAY is set. Bytes are written in hexadecimal.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <dirent.h>
#include <unistd.h>

namespace {

void say_bytes(const char* what, const char* bytes) {
    std::printf("%s ", what);
    for (; *bytes != '\0'; ++bytes) std::printf("%02x", static_cast<unsigned>(static_cast<unsigned char>(*bytes)));
    std::printf("\n");
}

// Not the descriptor that reads the list.
void say_descriptors() {
    DIR* folder = ::opendir("/proc/self/fd");
    while (const dirent* entry = ::readdir(folder))
        if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != ::dirfd(folder))
            std::printf("fd %s\n", entry->d_name);
    ::closedir(folder);
}

void say_signals() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        for (const char* field : {"SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:"})
            if (line.starts_with(field)) std::printf("%.6s %s\n", field, line.substr(8).c_str());
}

}  // namespace

int main(int argc, char** argv) {
    std::printf("pid %d\n", static_cast<int>(::getpid()));
    for (int i = 0; i < argc; ++i) say_bytes("arg", argv[i]);
    for (char** entry = ::environ; *entry != nullptr; ++entry) say_bytes("env", *entry);
    say_descriptors();
    say_signals();
    std::printf("ready\n");
    std::fflush(stdout);
    if (std::getenv("PROBE_STAY") != nullptr) ::pause();
    const char* code = std::getenv("PROBE_EXIT");
    return code == nullptr ? 0 : std::atoi(code);
}
