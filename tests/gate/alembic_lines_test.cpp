// SPDX-License-Identifier: Apache-2.0
// The same history in files of both tools, and the same command lines on a database of each: the printed lines are
// Alembic's. docs/alembic.md says "same" of what is asked here.
#include <algorithm>
#include <format>
#include <optional>
#include <sstream>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "gate/project.hpp"
#include "support/shared_server.hpp"

using namespace headgate::gate;
using namespace headgate::support;

namespace {

using Words = std::vector<std::string>;

struct Node {
    std::string id;
    Words parents;
    Words depends_on = {};
    Words labels = {};
};

// a1 <- b1 and c1, joined by d1; a history of its own p1 <- p2, of which p2 depends on c1.
const std::vector<Node> nodes{{"a1a1a1", {}},
                              {"b1b1b1", {"a1a1a1"}, {}, {"left"}},
                              {"c1c1c1", {"a1a1a1"}, {}, {"right"}},
                              {"d1d1d1", {"b1b1b1", "c1c1c1"}},
                              {"p1p1p1", {}, {}, {"people"}},
                              {"p2p2p2", {"p1p1p1"}, {"d1d1d1"}}};

std::string list(const Words& names) {
    std::string text;
    for (const auto& name : names) text += std::format("\"{}\", ", name);
    return text;
}

std::string header(std::string_view key, const Words& names) {
    return names.empty() ? "" : std::format("-- {} = [{}]\n", key, list(names));
}

std::string assignment(std::string_view key, const Words& names) {
    return std::format("{} = {}\n", key, names.empty() ? "None" : "(" + list(names) + ")");
}

constexpr auto env_py = R"(from alembic import context
from sqlalchemy import create_engine

engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
)";

class Both {
public:
    Both() : ours_(Kind::sqlite) {
        write_file(alembic_ / "alembic.ini", std::format("[alembic]\nscript_location = {0}/alembic\n"
                                                         "sqlalchemy.url = sqlite:///{0}/alembic.db\n",
                                                         alembic_.path().string()));
        write_file(alembic_ / "alembic" / "env.py", env_py);
        for (const auto& node : nodes) add(node);
    }

    // What Alembic printed for each command line; none where it refused.
    std::vector<std::optional<std::string>> alembic(const std::vector<Words>& lines) const {
        auto input = nlohmann::json::array();
        for (auto line : lines) {
            line.insert(line.begin(), {"-c", (alembic_ / "alembic.ini").string()});
            input.push_back(line);
        }
        const auto output = require_output({.executable = "python3",
                                            .arguments = {HEADGATE_SOURCE_DIR "/tests/gate/alembic_says.py"},
                                            .environment = {{"PYTHONDONTWRITEBYTECODE", "1"}},
                                            .input = input.dump(),
                                            .time_limit = Milliseconds(240'000)});
        std::vector<std::optional<std::string>> said;
        for (const auto& answer : nlohmann::json::parse(output)) {
            said.push_back(answer.is_null() ? std::nullopt : std::optional(answer.get<std::string>()));
        }
        return said;
    }

    std::optional<std::string> headgate(const Words& line) const {
        const auto outcome = ours_.run(line);
        UNSCOPED_INFO(outcome.describe());
        return outcome.exit_code == 0 ? std::optional(outcome.out) : std::nullopt;
    }

private:
    void add(const Node& node) {
        write_file(ours_.migrations() / (node.id + ".sql"),
                   std::format("-- headgate:revision\n-- revision = \"{}\"\n{}{}{}-- message = \"the {}\"\n\n"
                               "-- headgate:upgrade\n\n-- headgate:downgrade\n",
                               node.id, header("down_revision", node.parents), header("depends_on", node.depends_on),
                               header("branch_labels", node.labels), node.id));
        write_file(alembic_ / "alembic" / "versions" / (node.id + "_.py"),
                   std::format("\"\"\"the {}\"\"\"\nrevision = \"{}\"\n{}{}{}\n\ndef upgrade():\n    pass\n\n\n"
                               "def downgrade():\n    pass\n",
                               node.id, node.id, assignment("down_revision", node.parents),
                               assignment("depends_on", node.depends_on), assignment("branch_labels", node.labels)));
    }

    TempFolder alembic_;
    Project ours_;
};

// Alembic keeps labels and children in sets: their order is any.
std::string sort_names(std::string line) {
    for (const auto& [either, fixed] : std::vector<std::pair<std::string, std::string>>{
             {"right, left", "left, right"}, {"c1c1c1, b1b1b1", "b1b1b1, c1c1c1"}}) {
        if (const auto at = line.find(either); at != std::string::npos) line.replace(at, either.size(), fixed);
    }
    return line;
}

// Siblings come in any order. Empty lines do not count, nor what names the folder or the database.
Words sorted_lines(const std::optional<std::string>& text) {
    if (!text) return {"refused"};
    Words lines;
    std::istringstream rest(*text);
    for (std::string line; std::getline(rest, line);) {
        const bool is_own = line.starts_with("Path: ") || line.starts_with("Current revision(s) for ");
        if (!line.empty() && !is_own) lines.push_back(sort_names(line));
    }
    std::ranges::sort(lines);
    return lines;
}

void check_same(const std::vector<Words>& lines) {
    if (!find_in_path("alembic")) skip_or_fail("alembic is not installed");
    const Both both;
    const auto theirs = both.alembic(lines);
    REQUIRE(theirs.size() == lines.size());
    for (std::size_t index = 0; index < lines.size(); ++index) {
        INFO(nlohmann::json(lines[index]).dump());
        CHECK(sorted_lines(both.headgate(lines[index])) == sorted_lines(theirs[index]));
    }
}

}  // namespace

TEST_CASE("heads, branches and history print Alembic's lines") {
    check_same({{"heads"},
                {"heads", "--resolve-dependencies"},
                {"branches"},
                {"branches", "-v"},
                {"history"},
                {"history", "-r", "a1a1a1:d1d1d1"},
                {"history", "-r", ":left@head"},
                {"history", "-v"},
                {"heads", "-v"},
                {"show", "d1d1"},
                {"show", "people"},
                {"show", "right"},
                {"history", "-r", ":b1b1"},
                {"history", "-r", "p1p1:people@head"},
                {"history", "-r", "-2:d1d1d1"},
                {"history", "-r", "p1p1:+1"},
                {"history", "-r", "left:right"}});
}

TEST_CASE("upgrade, downgrade and stamp leave a database where Alembic leaves it, and current says so in its words") {
    check_same({{"current"},
                {"upgrade", "left"},
                {"current"},
                {"upgrade", "right@head"},
                {"current"},
                {"history", "-i"},
                {"history", "-r", ":current", "-i"},
                {"show", "current"},
                {"current", "-v"},
                {"upgrade", "heads"},
                {"current"},
                {"upgrade", "head"},
                {"downgrade", "people@base"},
                {"current"},
                {"downgrade", "left@a1a1a1"},
                {"current"},
                {"stamp", "b1b1b1", "people"},
                {"current"},
                {"upgrade", "people@+1"},
                {"current"},
                {"stamp", "a1a1"},
                {"current"},
                {"downgrade", "base"},
                {"current"},
                {"stamp", "heads"},
                {"current"},
                {"stamp", "--purge", "c1"},
                {"current"},
                {"stamp", "base"},
                {"current"}});
}

TEST_CASE("what Alembic refuses is refused") {
    check_same({{"upgrade", "nosuch"},
                {"upgrade", "left@p1p1p1"},
                {"upgrade", "nosuch@head"},
                {"upgrade", "head"},
                {"upgrade", "+9"},
                {"upgrade", "+1"},
                {"downgrade", "-1"},
                {"downgrade", "d1d1d1"},
                {"history", "-r", "d1d1d1"},
                {"history", "-r", "b1b1b1:c1c1c1"},
                {"show", "nosuch"},
                {"stamp", "head"}});
}
