// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/step_run.hpp"

#include <chrono>
#include <string_view>
#include <utility>

#include <poll.h>
#include <pqxx/strconv>

#include "database/postgres/blocker_watch.hpp"
#include "database/postgres/exchange.hpp"
#include "database/postgres/step_verdict.hpp"

namespace headgate::database::postgres {

namespace {

using base::Error;
using base::ErrorKind;

constexpr std::size_t copy_chunk = 64 * 1024;
constexpr std::chrono::seconds time_for_rollback{5};

std::int64_t read_number(const PGresult* row, int column) {
    return pqxx::from_string<std::int64_t>(PQgetvalue(row, 0, column));
}

std::string read_field(const PGresult* result, int field) {
    const char* text = PQresultErrorField(result, field);
    return text == nullptr ? std::string() : std::string(text);
}

// The server's notices go to a run while it lasts, and nowhere otherwise.
class NoticeScope {
public:
    NoticeScope(PGconn* connection, PQnoticeReceiver receiver, void* run) : connection_(connection) {
        previous_ = PQsetNoticeReceiver(connection, receiver, run);
    }
    ~NoticeScope() { PQsetNoticeReceiver(connection_, previous_, nullptr); }
    NoticeScope(const NoticeScope&) = delete;
    NoticeScope& operator=(const NoticeScope&) = delete;

private:
    PGconn* connection_;
    PQnoticeReceiver previous_;
};

}  // namespace

StepRun::StepRun(PGconn* connection, const StepScript& step, StepMessage message, Progress& progress, std::size_t index,
                 base::Stop stop, HeldLock* lock)
    : connection_(connection),
      step_(step),
      message_(std::move(message)),
      progress_(progress),
      index_(index),
      watch_(connection, progress, index, stop, time_until_slow(step.lock_timeout), lock) {}

StepOutcome StepRun::run() {
    const NoticeScope notices(connection_, &StepRun::take_notice, this);
    if (send() == Sent::not_whole) return {StepEnd::rolled_back, watch_.stop_reason(), {}, {}};
    read_results();
    roll_back();
    return conclude();
}

// A message that did not reach the server whole is never begun.
StepRun::Sent StepRun::send() {
    if (PQsendQuery(connection_, message_.text.c_str()) == 0) {
        is_lost_ = true;
        return Sent::whole;
    }
    PQsetSingleRowMode(connection_);
    // libpq has its own copy, and a step can be large.
    std::string().swap(message_.text);
    if (!flush()) is_lost_ = true;
    return watch_.stop_reason() && PQflush(connection_) > 0 ? Sent::not_whole : Sent::whole;
}

// False: the connection is lost, or the step is being stopped while the server does not take what it is sent.
bool StepRun::flush() {
    while (true) {
        const int left = PQflush(connection_);
        if (left <= 0) return left == 0;
        if (!watch_.wait_for(POLLIN | POLLOUT) || PQconsumeInput(connection_) == 0) return false;
    }
}

void StepRun::read_results() {
    while (wait_while_busy()) {
        const OwnedResult result(PQgetResult(connection_));
        if (!result) return;
        take(result.get());
    }
}

bool StepRun::wait_while_busy() {
    while (!is_lost_ && PQisBusy(connection_) != 0) {
        is_lost_ = !watch_.wait_for(POLLIN) || PQconsumeInput(connection_) == 0;
    }
    return !is_lost_;
}

void StepRun::take(const PGresult* result) {
    const auto status = PQresultStatus(result);
    if (status == PGRES_SINGLE_TUPLE) {
        take_row(result);
    } else if (status == PGRES_COPY_IN) {
        send_copy_data();
    } else if (status == PGRES_COPY_OUT) {
        drop_copy_data();
    } else if (status == PGRES_FATAL_ERROR) {
        take_failure(result);
    } else {
        ++completed_;
        last_tag_ = PQcmdStatus(const_cast<PGresult*>(result));
    }
}

// The script's rows are nobody's business; only headgate's own are looked at.
void StepRun::take_row(const PGresult* row) {
    const auto section = message_.section_of(completed_, step_.script.statements.size());
    if (section == Section::change && PQnfields(row) == 2) {
        duration_ = base::Milliseconds(read_number(row, 1));
    } else if (section == Section::expectation && PQnfields(row) == 2) {
        ledger_ = {true, read_number(row, 0), read_number(row, 1)};
    }
}

void StepRun::take_failure(const PGresult* result) {
    auto error = read_server_error(result);
    // libpq's own "server closed the connection" has no SQLSTATE; what the server said before is worth more.
    if (error.code.empty()) is_lost_ = true;
    if (!failure_ && !error.code.empty()) failure_ = std::move(error);
}

const sql::Statement* StepRun::current_statement() const {
    const auto& statements = step_.script.statements;
    if (message_.section_of(completed_, statements.size()) != Section::script) return nullptr;
    return &statements[completed_ - message_.before.size()];
}

void StepRun::send_copy_data() {
    const auto* statement = current_statement();
    if (statement == nullptr || statement->data_offset == 0) {
        return end_copy("the script has no data for this COPY");
    }
    auto data = std::string_view(step_.script.text).substr(statement->data_offset, statement->data_size);
    while (!data.empty() && !is_lost_) {
        if (watch_.stop_reason()) return end_copy("headgate was asked to stop");
        const auto chunk = data.substr(0, copy_chunk);
        if (PQputCopyData(connection_, chunk.data(), static_cast<int>(chunk.size())) == 1)
            data.remove_prefix(chunk.size());
        // Written out before more is added: the data is not gathered in memory.
        if (!flush()) is_lost_ = true;
    }
    end_copy(nullptr);
}

void StepRun::end_copy(const char* complaint) {
    while (!is_lost_ && PQputCopyEnd(connection_, complaint) == 0) is_lost_ = !flush();
    if (!is_lost_) is_lost_ = !flush();
}

void StepRun::drop_copy_data() {
    while (!is_lost_) {
        char* line = nullptr;
        const int size = PQgetCopyData(connection_, &line, 1);
        if (line != nullptr) PQfreemem(line);
        if (size < 0) return;
        if (size == 0) is_lost_ = !watch_.wait_for(POLLIN) || PQconsumeInput(connection_) == 0;
    }
}

// After an error the transaction is still open, and aborted.
void StepRun::roll_back() {
    const auto status = PQtransactionStatus(connection_);
    if (is_lost_ || (status != PQTRANS_INERROR && status != PQTRANS_INTRANS)) return;
    // A cancel that was late may hit the ROLLBACK instead of the script.
    for (int attempt = 0; attempt < 2 && PQtransactionStatus(connection_) != PQTRANS_IDLE; ++attempt) {
        try {
            exchange(
                connection_, "ROLLBACK", [](std::size_t, const PGresult*) {},
                watch_.stop().undoing_within(time_for_rollback));
        } catch (const Error& error) {
            if (error.code.empty()) is_lost_ = true;
        }
    }
}

bool StepRun::is_done() const {
    return message_.is_alone ? completed_ > 0 && !is_lost_ : last_tag_ == "COMMIT";
}

StepOutcome StepRun::conclude() {
    if (failure_) return conclude_failure(*failure_);
    if (is_done()) {
        return {StepEnd::committed, std::nullopt, ledger_, duration_.value_or(watch_.elapsed())};
    }
    if (is_lost_) {
        const auto reason = watch_.stop_reason();
        return {StepEnd::unknown, reason ? *reason : make_lost_connection_error(connection_), {}, {}};
    }
    return {StepEnd::rolled_back,
            Error(ErrorKind::internal, "the step's transaction did not end with COMMIT but with " + last_tag_),
            {},
            {}};
}

StepOutcome StepRun::conclude_failure(const ServerError& failure) {
    auto verdict = judge_failure(failure, message_, step_, completed_);
    if (const auto reason = watch_.stop_reason(); reason && verdict.end != StepEnd::unknown) {
        auto error = *reason;
        error.spot = verdict.error.spot;
        error.excerpt = verdict.error.excerpt;
        error.detail = failure.message;
        return {StepEnd::rolled_back, std::move(error), {}, {}};
    }
    return {verdict.end, std::move(verdict.error), {}, {}};
}

void StepRun::take_notice(void* run, const PGresult* notice) {
    auto& self = *static_cast<StepRun*>(run);
    self.progress_.notice(self.index_, read_field(notice, PG_DIAG_SEVERITY_NONLOCALIZED),
                          read_field(notice, PG_DIAG_MESSAGE_PRIMARY));
}

StepOutcome not_begun(const Error& error, const base::Stop& stop) {
    if (auto reason = find_stop_reason(stop)) return {StepEnd::rolled_back, std::move(reason), {}, {}};
    const auto end = error.kind == ErrorKind::unreachable ? StepEnd::unknown : StepEnd::rolled_back;
    return {end, error, {}, {}};
}

StepOutcome run_step(PGconn* connection, const StepScript& step, const StepFrame& frame,
                     const ledger::Expectation& expected, Progress& progress, base::Stop stop, HeldLock* lock,
                     std::size_t index) {
    if (auto reason = find_stop_reason(stop)) return {StepEnd::rolled_back, std::move(reason), {}, {}};
    try {
        try {
            make_ready(connection, stop);
            return StepRun(connection, step, make_step_message(step, frame, expected), progress, index, stop, lock)
                .run();
        } catch (const std::exception&) {
            rethrow_translated();
        }
    } catch (const Error& error) {
        return not_begun(error, stop);
    }
}

}  // namespace headgate::database::postgres
