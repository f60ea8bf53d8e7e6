// SPDX-License-Identifier: Apache-2.0
#include "alembic/rendering.hpp"

#include <algorithm>
#include <format>
#include <span>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace headgate::alembic {

namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;
using revision::Direction;

using Wanted = std::pair<std::string, Direction>;

// The ids go in one argument, and Linux takes no argument above 128 KiB. There is more in it: the person's -x, say.
constexpr std::size_t most_bytes_in_one_run = 64 * 1024;

// As many as one run may be asked for: one at least.
std::span<const Wanted> first_run_of(std::span<const Wanted> wanted) {
    const std::string_view around = R"(["","downgrade"],)";
    std::size_t bytes = 0;
    const auto beyond = std::ranges::find_if(wanted.subspan(1), [&](const Wanted& one) {
        bytes += one.first.size() + around.size();
        return bytes > most_bytes_in_one_run;
    });
    return {wanted.begin(), beyond};
}

Rendering read_rendering(const json& answer) {
    Rendering rendering{.sql = answer.at("sql"),
                        .error = {},
                        .is_refused = answer.value("refused", false),
                        .has_autocommit_block = answer.at("autocommit"),
                        .notes = answer.value("notes", std::vector<std::string>{})};
    if (answer.contains("error")) rendering.error = answer["error"];
    return rendering;
}

using Given = std::map<Wanted, Rendering>;

// What is not as offline.py writes it counts as not said.
void read_answer(const json& answer, Given& given) try {
    const bool is_upgrade = answer.at("direction") == revision::name_of(Direction::upgrade);
    given[{answer.at("revision"), is_upgrade ? Direction::upgrade : Direction::downgrade}] = read_rendering(answer);
} catch (const json::exception&) {
}

// Several runs, until everything that is wanted has an answer.
class OfflineRun {
public:
    OfflineRun(const Project& project, base::DialectId dialect, base::Stop stop)
        : project_(project), dialect_(dialect), stop_(stop) {}

    Renderings render(std::span<const Wanted> wanted) {
        while (!wanted.empty()) {
            wanted = wanted.subspan(render_some(first_run_of(wanted)));
        }
        return std::move(renderings_);
    }

private:
    std::size_t render_some(std::span<const Wanted> wanted);
    std::size_t take_answers(const Answers& answers, std::span<const Wanted> wanted);
    void take_env(const Answers& answers);
    std::string describe_end(const Answers& answers) const;
    long long seconds() const { return std::chrono::duration_cast<std::chrono::seconds>(project_.time_limit).count(); }

    const Project& project_;
    base::DialectId dialect_;
    base::Stop stop_;
    Renderings renderings_;
};

json make_job(std::span<const Wanted> wanted, base::DialectId dialect, const Project& project) {
    json job{{"job", "render"},
             {"dialect", base::name_of(dialect)},
             {"url", make_offline_url(project.environment, dialect)},
             {"wanted", json::array()}};
    for (const auto& [id, direction] : wanted) job["wanted"].push_back({id, revision::name_of(direction)});
    return job;
}

// How many of them have an answer now, from the first on: one at least.
std::size_t OfflineRun::render_some(std::span<const Wanted> wanted) {
    const auto answers = ask(project_, make_job(wanted, dialect_, project_), stop_);
    take_env(answers);
    const auto answered = take_answers(answers, wanted);
    if (answered == wanted.size()) return answered;
    // Out of time with others done: it may have been their time. It gets a whole run of its own first.
    if (answers.end == process::ChildEnd::out_of_time && answered > 0) return answered;
    renderings_.by_revision[wanted[answered]].error = describe_end(answers);
    return answered + 1;
}

// Each says whose it is: what is left out in between (a line that is no JSON) is nobody else's.
std::size_t OfflineRun::take_answers(const Answers& answers, std::span<const Wanted> wanted) {
    Given given;
    for (const auto& answer : answers.lines) read_answer(answer, given);
    const auto is_given = [&](const Wanted& one) { return given.contains(one); };
    const auto last = std::ranges::find_last_if(wanted, is_given);
    const auto answered = last.empty() ? 0 : wanted.size() - last.size() + 1;
    for (const auto& one : wanted.first(answered)) {
        const auto found = given.find(one);
        auto& rendering = renderings_.by_revision[one];
        if (found == given.end()) {
            rendering.error = "what Python said of it cannot be read";
        } else {
            rendering = found->second;
        }
    }
    return answered;
}

void OfflineRun::take_env(const Answers& answers) {
    for (const auto& answer : answers.lines) {
        if (!answer.contains("sent")) continue;
        renderings_.sent_by_env = answer["sent"];
        return;
    }
    const bool is_late = answers.end == process::ChildEnd::out_of_time;
    throw Error(ErrorKind::bad_revisions, is_late
                                              ? std::format("the project's env.py did not end within {} s", seconds())
                                              : "the project's env.py ended Python")
        .with_detail(answers.err)
        .with_hint(is_late ? "it is run offline, as `alembic upgrade head --sql` does; --time-limit gives it more"
                           : "");
}

std::string OfflineRun::describe_end(const Answers& answers) const {
    switch (answers.end) {
        case process::ChildEnd::out_of_time:
            return std::format("it did not end within {} s", seconds());
        case process::ChildEnd::by_signal:
            return std::format("Python was ended by signal {}", answers.status);
        case process::ChildEnd::exited:
        case process::ChildEnd::too_much_output:
            break;
    }
    return std::format("it ended Python with status {}", answers.status);
}

}  // namespace

Renderings render_offline(const Project& project, const std::vector<Source>& history, base::DialectId dialect,
                          base::Stop stop) {
    std::vector<Wanted> wanted;
    for (const auto& source : history) {
        wanted.emplace_back(source.id, Direction::upgrade);
        wanted.emplace_back(source.id, Direction::downgrade);
    }
    return OfflineRun(project, dialect, stop).render(wanted);
}

}  // namespace headgate::alembic
