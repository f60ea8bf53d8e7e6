// SPDX-License-Identifier: Apache-2.0
#include "database/sqlite/script_run.hpp"

#include <climits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <sqlite3.h>

#include "base/error.hpp"
#include "database/sqlite/errors.hpp"
#include "database/sqlite/guard.hpp"
#include "database/sqlite/result_codes.hpp"

namespace headgate::database::sqlite {

namespace {

using base::Error;
using base::ErrorKind;

struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

enum class Inside { transaction, nothing };

class ScriptRun {
public:
    ScriptRun(sqlite3* handle, const sql::Script& script, Watch& watch, const base::Stop& stop, Inside inside)
        : handle_(handle), script_(script), watch_(watch), stop_(stop) {
        if (inside == Inside::transaction) guard_.emplace(handle);
    }

    void run() {
        for (const auto& statement : script_.statements) run_statement(statement);
    }
    bool left_traces() const { return !guard_ || guard_->left_traces(); }

private:
    // A loop, so that nothing is skipped in silence should SQLite see a statement's end where the splitter does not.
    void run_statement(const sql::Statement& statement) {
        const std::size_t end = statement.body_offset + statement.body_size;
        std::size_t offset = statement.body_offset;
        while (offset < end) {
            if (watch_.should_stop()) throw error_at(offset, SQLITE_INTERRUPT);
            offset = run_first(offset, end);
        }
    }

    // Runs the first statement of the text between the two offsets and gives back where it ends.
    std::size_t run_first(std::size_t offset, std::size_t end) {
        if (end - offset > INT_MAX) throw error_at(offset, SQLITE_TOOBIG);
        const char* const text = script_.text.data();
        sqlite3_stmt* raw = nullptr;
        const char* tail = nullptr;
        const int size = static_cast<int>(end - offset);
        const int result = sqlite3_prepare_v2(handle_, text + offset, size, &raw, &tail);
        const Prepared statement(raw);
        if (result != SQLITE_OK) throw error_at(offset, result);
        if (statement) drop_rows(statement.get(), offset);
        return static_cast<std::size_t>(tail - text);
    }

    void drop_rows(sqlite3_stmt* statement, std::size_t offset) {
        refuse_parameters(statement, offset);
        int result = SQLITE_ROW;
        while (result == SQLITE_ROW) result = sqlite3_step(statement);
        if (result != SQLITE_DONE) throw error_at(offset, result);
        // Every known way to end the transaction is refused by the guard or is an error; were there another, going on
        // would commit each statement by itself.
        if (guard_ && sqlite3_get_autocommit(handle_) != 0) {
            throw placed(Error(ErrorKind::outcome_unknown, "the step's SQL ended the step's own transaction"), offset);
        }
    }

    // SQLite takes a parameter without a value as NULL, which nobody wants in a migration.
    void refuse_parameters(sqlite3_stmt* statement, std::size_t offset) const {
        if (sqlite3_bind_parameter_count(statement) == 0) return;
        const char* name = sqlite3_bind_parameter_name(statement, 1);
        throw placed(Error(ErrorKind::step_failed, std::string("the statement has a parameter, ") +
                                                       (name == nullptr ? "?" : name) +
                                                       ", and a step has no values for parameters"),
                     offset);
    }

    // The Error of the last failed call for the statement at `offset`; more exactly placed where SQLite knows more.
    Error error_at(std::size_t offset, int result) const {
        if (primary_code(result) == SQLITE_INTERRUPT) return placed(stopped_step(stop_), offset);
        if (guard_ && !guard_->refusal().empty())
            return placed(Error(ErrorKind::step_failed, guard_->refusal()), offset);
        const int inside = sqlite3_error_offset(handle_);
        const bool is_last_call = sqlite3_extended_errcode(handle_) == result;
        const std::string message = is_last_call ? sqlite3_errmsg(handle_) : sqlite3_errstr(result);
        return placed(step_error(handle_, result, message),
                      inside < 0 ? offset : offset + static_cast<std::size_t>(inside));
    }

    Error placed(Error error, std::size_t offset) const {
        return std::move(error).at(script_.spot_of(offset)).with_excerpt(base::render_excerpt(script_.text, offset));
    }

    sqlite3* handle_;
    const sql::Script& script_;
    Watch& watch_;
    const base::Stop& stop_;
    std::optional<Guard> guard_;  // of a transaction
};

}  // namespace

bool run_script(sqlite3* handle, const sql::Script& script, Watch& watch, const base::Stop& stop) {
    ScriptRun run(handle, script, watch, stop, Inside::transaction);
    run.run();
    return run.left_traces();
}

void run_alone_script(sqlite3* handle, const sql::Script& script, Watch& watch, const base::Stop& stop) {
    ScriptRun(handle, script, watch, stop, Inside::nothing).run();
}

}  // namespace headgate::database::sqlite
