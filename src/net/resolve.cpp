// SPDX-License-Identifier: Apache-2.0
#include "net/resolve.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <format>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace headgate::net {

namespace {

// Shared by the caller and the thread; lives until the later of the two has let go.
class Question {
public:
    Question() : done_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (done_fd_ < 0) throw base::Error(base::ErrorKind::io_failed, "eventfd failed");
    }
    ~Question() { close(done_fd_); }
    Question(const Question&) = delete;
    Question& operator=(const Question&) = delete;

    int done_fd() const { return done_fd_; }

    void set_answer(Answer answer) {
        {
            const std::scoped_lock lock(mutex_);
            answer_ = std::move(answer);
        }
        eventfd_write(done_fd_, 1);
    }

    std::optional<Answer> answer() {
        const std::scoped_lock lock(mutex_);
        return answer_;
    }

private:
    int done_fd_;
    std::mutex mutex_;
    std::optional<Answer> answer_;
};

std::string render_address(const sockaddr* address, socklen_t size) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) return {};
    return text.data();
}

Answer ask(const std::string& host, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* list = nullptr;
    if (const int code = getaddrinfo(host.c_str(), nullptr, &hints, &list); code != 0) return {{}, gai_strerror(code)};
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);

    Answer answer;
    for (const auto* each = list; each != nullptr; each = each->ai_next) {
        auto text = render_address(each->ai_addr, each->ai_addrlen);
        if (!text.empty() && !std::ranges::contains(answer.addresses, text)) {
            answer.addresses.push_back(std::move(text));
        }
    }
    if (answer.addresses.empty()) answer.failure = "no address";
    return answer;
}

bool is_localhost(const std::string& host) {
    auto name = base::to_lower(host);
    if (name.ends_with('.')) name.pop_back();
    return name == "localhost" || name.ends_with(".localhost");
}

// The thread must take no signal: those are for the thread that waits on the signal descriptor.
void start_thread(Lookup lookup, const std::string& host, const std::shared_ptr<Question>& question) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        std::thread([lookup = std::move(lookup), host, question] {
            try {
                question->set_answer(lookup(host));
            } catch (const std::exception& failure) {
                question->set_answer({{}, failure.what()});
            }
        }).detach();
    } catch (...) {
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        throw;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace

std::vector<std::string> resolve_host_by(Lookup lookup, const std::string& host, base::Stop stop) {
    const auto question = std::make_shared<Question>();
    start_thread(std::move(lookup), host, question);
    stop.wait_for(question->done_fd(), POLLIN);
    stop.throw_if_interrupted();

    const auto answer = question->answer();
    if (!answer) {
        throw base::Error(base::ErrorKind::unreachable,
                          std::format("no name server answered for the host \"{}\" in time", host));
    }
    if (!answer->failure.empty()) {
        throw base::Error(base::ErrorKind::unreachable,
                          std::format("the host \"{}\" was not found: {}", host, answer->failure));
    }
    return answer->addresses;
}

std::vector<std::string> resolve_host(const std::string& host, base::Stop stop) {
    if (is_localhost(host)) return {"127.0.0.1", "::1"};
    if (ask(host, AI_NUMERICHOST).failure.empty()) return {host};
    return resolve_host_by([](const std::string& name) { return ask(name, 0); }, host, stop);
}

}  // namespace headgate::net
