// SPDX-License-Identifier: Apache-2.0
#include "process/editor.hpp"

#include <format>
#include <system_error>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/error.hpp"
#include "process/launching.hpp"

namespace headgate::process {

namespace {

// The editor is the terminal's: it gets its signals, and stays in our group.
struct EditorLaunch : CleanLaunch {
    launching::error_code on_exec_setup(launching::posix::default_launcher&, const std::filesystem::path&,
                                        const char* const*) const {
        give_signals_back();
        return {};
    }
};

}  // namespace

void edit(const std::string& editor, const std::filesystem::path& file) {
    boost::asio::io_context context;
    int status = 0;
    try {
        const std::vector<std::string> words = {"-c", editor + " \"$1\"", "sh", file.string()};
        launching::process child(context, std::filesystem::path("/bin/sh"), words, EditorLaunch());
        status = child.wait();
    } catch (const boost::system::system_error& failure) {
        throw base::Error(base::ErrorKind::io_failed,
                          std::format("the editor \"{}\" cannot be started: {}", editor, failure.what()));
    }
    if (status == 0) return;
    throw base::Error(base::ErrorKind::io_failed, std::format("the editor \"{}\" failed ({})", editor, status))
        .with_hint(std::format("the file is there: {}", file.string()));
}

}  // namespace headgate::process
