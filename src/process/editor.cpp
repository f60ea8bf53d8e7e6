// SPDX-License-Identifier: Apache-2.0
#include "process/editor.hpp"

#include <csignal>
#include <format>
#include <system_error>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/process/v2.hpp>
#include <unistd.h>

#include "base/error.hpp"

namespace headgate::process {

namespace {

namespace boost_process = boost::process::v2;

// The editor is the terminal's: it gets its signals, which headgate holds back from itself.
struct ChildSetup {
    boost_process::error_code on_exec_setup(boost_process::posix::default_launcher&, const std::filesystem::path&,
                                            const char* const*) const {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        std::signal(SIGPIPE, SIG_DFL);
        return {};
    }
    // The launcher would call exit(), which runs the destructors of a copy of this very process. (Boost 1.83 looks for
    // this with other arguments than it gives it.)
    template <class... Rest>
    void on_exec_error(const boost_process::posix::default_launcher&, const Rest&...) const {
        kill(getpid(), SIGKILL);
    }
};

}  // namespace

void edit(const std::string& editor, const std::filesystem::path& file) {
    boost::asio::io_context context;
    int status = 0;
    try {
        const std::vector<std::string> words = {"-c", editor + " \"$1\"", "sh", file.string()};
        ChildSetup setup;
        boost_process::process child(context, std::filesystem::path("/bin/sh"), words, setup);
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
