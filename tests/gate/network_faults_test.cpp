// SPDX-License-Identifier: Apache-2.0
// The connection is cut: after every message of a run, either way, and after random numbers of bytes. The same run, or
// the next one, goes on; every step is there once, and the ledger says so. The truth is asked past the relay.
// HEADGATE_TEST_ROUNDS: how many cuts each case makes; 0 is one for every message.
#include <atomic>
#include <cstdio>
#include <format>
#include <mutex>
#include <random>
#include <thread>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "gate/marked_steps.hpp"
#include "support/relay.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

constexpr int steps = 3;
constexpr int workers = 3;

// The second has a further step with `transaction = false`, which builds an index.
enum class History { transactions, with_statements };

int count_steps(History history) {
    return history == History::transactions ? steps : steps + 1;
}

void add_history(Project& project, History history) {
    add_marked_steps(project, steps);
    if (history == History::transactions) return;
    project.add_step(steps + 1,
                     std::format("INSERT INTO marks VALUES ({0});\nCREATE INDEX CONCURRENTLY marked ON marks (step);\n"
                                 "CREATE TABLE t{0} (a integer);",
                                 steps + 1),
                     "", "-- transaction = false\n");
}

// A project behind a relay of its own, which one incident after the other can be tried on.
class Field {
public:
    explicit Field(History history) : history_(history), relay_(shared_server().host, shared_server().port) {
        add_history(project_, history);
    }

    // An undisturbed run, to count what there is to cut.
    void run_once() {
        const Outcome outcome = run_program(through_relay());
        if (!server_started(outcome)) throw std::runtime_error("not even undisturbed: " + outcome.describe());
    }
    std::uint64_t messages(Direction direction) const {
        return direction == Direction::to_server ? relay_.messages_to_server() : relay_.messages_to_client();
    }
    std::uint64_t bytes(Direction direction) const {
        return direction == Direction::to_server ? relay_.bytes_to_server() : relay_.bytes_to_client();
    }

    // What went wrong; none: all is as it must be.
    std::optional<std::string> try_incident(const Incident& incident) {
        project_.database().execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        relay_.expect(incident);
        const Outcome first = run_program(through_relay());
        if (!relay_.has_happened()) return "the incident did not happen\n" + first.describe();
        if (auto fault = find_fault_between()) return *fault + "\n" + first.describe();
        if (!server_started(first)) {
            ++restarts_;
            const Outcome next = run_program(through_relay());
            if (!server_started(next)) return "the next run failed, too\n" + first.describe() + next.describe();
        }
        if (auto fault = find_index_fault()) return *fault + "\n" + first.describe();
        return find_fault(project_, count_steps(history_));
    }
    int restarts() const { return restarts_; }

private:
    // A step that is no transaction may be half done, as its row says.
    std::optional<std::string> find_fault_between() const {
        return history_ == History::transactions ? find_fault(project_) : std::nullopt;
    }
    std::optional<std::string> find_index_fault() const {
        if (history_ == History::transactions) return std::nullopt;
        const auto valid = project_.database().value(
            "SELECT coalesce(string_agg(indexrelid::regclass || ' ' || indisvalid, ', '), 'none') FROM pg_index "
            "WHERE indrelid = 'marks'::regclass");
        return valid == "marked true" ? std::nullopt : std::optional("the index is: " + valid);
    }
    Program through_relay() const {
        Program program = project_.gate();
        const auto name = project_.database().value("SELECT current_database()");
        program.environment["DATABASE_URL"] = shared_server().with_port(relay_.port()).url(name) + "?sslmode=disable";
        program.environment["HEADGATE_WAIT_TIMEOUT"] = "30s";
        return program;
    }

    History history_;
    Project project_{Kind::postgres};
    Relay relay_;
    int restarts_ = 0;
};

std::string describe(const Incident& incident) {
    return std::format("{} after {} {} to the {}", incident.kind == Incident::Kind::cut ? "cut" : "half open",
                       incident.after, incident.unit == Incident::Unit::bytes ? "bytes" : "messages",
                       incident.direction == Direction::to_server ? "server" : "client");
}

// Several at a time, each worker with a database of its own.
void try_all(History history, const std::vector<Incident>& incidents, const std::string& what) {
    std::atomic<std::size_t> next = 0;
    std::atomic<int> restarts = 0;
    std::mutex mutex;
    std::vector<std::string> faults;
    const auto work = [&] {
        const auto complain = [&](const std::string& fault) {
            const std::scoped_lock lock(mutex);
            faults.push_back(fault);
        };
        try {
            Field field(history);
            for (std::size_t i; (i = next++) < incidents.size();)
                if (const auto fault = field.try_incident(incidents[i]))
                    complain(describe(incidents[i]) + ": " + *fault);
            restarts += field.restarts();
        } catch (const std::exception& error) {
            complain(error.what());
        }
    };
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < workers; ++i) threads.emplace_back(work);
    }
    std::printf("%s: %zu runs, %zu right in the end, %d of them by another start\n", what.c_str(), incidents.size(),
                incidents.size() - faults.size(), restarts.load());
    for (const auto& fault : faults) FAIL_CHECK(fault);
}

// So many points of 1 to `last` as the case is to try, spread evenly; all of them for 0.
std::vector<std::uint64_t> choose_points(std::uint64_t last, int usual) {
    const auto wanted = static_cast<std::uint64_t>(rounds(usual));
    std::vector<std::uint64_t> points;
    const auto count = wanted == 0 ? last : std::min(wanted, last);
    for (std::uint64_t i = 0; i < count; ++i) points.push_back(1 + i * last / count);
    return points;
}

void cut_after_messages(History history, Direction direction, Incident::Kind kind, int usual, const std::string& what) {
    Field field(history);
    field.run_once();
    // Two connections of a run do not say goodbye in the same order each time.
    const auto last = field.messages(direction) - (history == History::transactions ? 0 : 4);
    std::vector<Incident> incidents;
    for (const auto point : choose_points(last, usual))
        incidents.push_back({direction, Incident::Unit::messages, point, kind});
    try_all(history, incidents, what);
}

}  // namespace

TEST_CASE("cut after any message to the server: every step once, and the gate opens") {
    cut_after_messages(History::transactions, Direction::to_server, Incident::Kind::cut, 0,
                       "cut after messages to the server");
}

TEST_CASE("cut after any message to the client: every step once, and the gate opens") {
    cut_after_messages(History::transactions, Direction::to_client, Incident::Kind::cut, 24,
                       "cut after messages to the client");
}

TEST_CASE("the client's side cut after any message, the server left alone with it: every step once") {
    cut_after_messages(History::transactions, Direction::to_server, Incident::Kind::half_open, 0,
                       "half open after messages to the server");
}

TEST_CASE("cut after any message of a run with transaction = false: every statement once, and the gate opens") {
    cut_after_messages(History::with_statements, Direction::to_client, Incident::Kind::cut, 12,
                       "transaction = false, cut after messages to the client");
}

// A server that never hears that the client is gone keeps the lock's session for a minute: too slow for every day.
TEST_CASE("a run with transaction = false whose server is left alone: every statement once, and the gate opens",
          "[.slow]") {
    cut_after_messages(History::with_statements, Direction::to_server, Incident::Kind::half_open, 12,
                       "transaction = false, half open after messages to the server");
}

TEST_CASE("cut after random numbers of bytes, either way: every step once, and the gate opens") {
    const auto seed = test_seed();
    INFO("HEADGATE_TEST_SEED=" << seed);
    std::mt19937 random(seed);
    Field field(History::transactions);
    field.run_once();
    std::vector<Incident> incidents;
    for (int i = 0; i < rounds(16); ++i) {
        const auto direction = random() % 2 == 0 ? Direction::to_server : Direction::to_client;
        const auto after = 1 + random() % field.bytes(direction);
        incidents.push_back({direction, Incident::Unit::bytes, after, Incident::Kind::cut});
    }
    try_all(History::transactions, incidents, std::format("cut after random bytes (HEADGATE_TEST_SEED={})", seed));
}
