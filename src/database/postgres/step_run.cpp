// SPDX-License-Identifier: Apache-2.0
#include "database/postgres/step_run.hpp"

#include <chrono>
#include <string_view>
#include <utility>

#include <poll.h>
#include <pqxx/strconv>

#include "database/postgres/blocker_watch.hpp"
#include "database/postgres/copy_data.hpp"
#include "database/postgres/exchange.hpp"
#include "database/postgres/step_verdict.hpp"

namespace headgate::database::postgres {

namespace {

using base::Error;
using base::ErrorKind;

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

StepsResult ended(StepEnd end, std::optional<Error> error) {
    StepsResult result;
    result.end = end;
    result.error = std::move(error);
    return result;
}

}  // namespace

StepRun::StepRun(PGconn* connection, std::span<const StepScript> steps, std::vector<StepMessage> messages,
                 Progress& progress, std::size_t first_index, base::Stop stop, HeldLock* lock)
    : connection_(connection),
      steps_(steps),
      messages_(std::move(messages)),
      progress_(progress),
      first_index_(first_index),
      watch_(connection, progress, first_index, stop, time_until_slow(steps.front().lock_timeout), lock) {}

StepsResult StepRun::run() {
    const NoticeScope notices(connection_, &StepRun::take_notice, this);
    if (send() == Sent::not_whole) return ended(StepEnd::rolled_back, watch_.stop_reason());
    read_results();
    roll_back();
    conclude();
    return result_;
}

// A message that did not reach the server whole is never begun.
StepRun::Sent StepRun::send() {
    auto& text = messages_.front().text;
    if (PQsendQuery(connection_, text.c_str()) == 0) {
        is_lost_ = true;
        return Sent::whole;
    }
    PQsetSingleRowMode(connection_);
    // libpq has its own copy, and a step can be large.
    std::string().swap(text);
    if (!flush_watched(connection_, watch_)) is_lost_ = true;
    return watch_.stop_reason() && PQflush(connection_) > 0 ? Sent::not_whole : Sent::whole;
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
        is_lost_ = !send_copy_data(connection_, watch_, copy_data());
    } else if (status == PGRES_COPY_OUT) {
        is_lost_ = !drop_copy_data(connection_, watch_);
    } else if (status == PGRES_FATAL_ERROR) {
        take_failure(result);
    } else {
        take_end(result);
    }
}

Section StepRun::section() const {
    return message().section_of(completed_, step().script.statements.size());
}

// The script's rows are nobody's business; only headgate's own are looked at.
void StepRun::take_row(const PGresult* row) {
    if (section() == Section::change && PQnfields(row) == 2) {
        duration_ = base::Milliseconds(read_number(row, 1));
    } else if (section() == Section::expectation && PQnfields(row) == 2) {
        ledger_ = {true, read_number(row, 0), read_number(row, 1)};
    }
}

// A script holds no COMMIT of its own, and one of a failed transaction is answered by ROLLBACK.
void StepRun::take_end(const PGresult* result) {
    ++completed_;
    last_tag_ = PQcmdStatus(const_cast<PGresult*>(result));
    if (message().is_alone ? completed_ == 1 : last_tag_ == "COMMIT") take_commit();
}

void StepRun::take_commit() {
    if (result_.committed == steps_.size()) return;
    const auto duration = std::exchange(duration_, std::nullopt).value_or(watch_.elapsed());
    result_.durations.push_back(duration);
    result_.ledger = ledger_;
    progress_.step_committed(first_index_ + result_.committed, duration);
    if (++result_.committed < steps_.size()) {
        completed_ = 0;
        watch_.begin_next();
    }
}

void StepRun::take_failure(const PGresult* result) {
    auto error = read_server_error(result);
    // libpq's own "server closed the connection" has no SQLSTATE; what the server said before is worth more.
    if (error.code.empty()) is_lost_ = true;
    if (!failure_ && !error.code.empty()) failure_ = std::move(error);
}

// What the COPY that waits for data is to be sent.
std::optional<std::string_view> StepRun::copy_data() const {
    if (section() != Section::script) return std::nullopt;
    const auto& script = step().script;
    const auto& statement = script.statements[completed_ - message().before.size()];
    if (statement.data_offset == 0) return std::nullopt;
    return std::string_view(script.text).substr(statement.data_offset, statement.data_size);
}

// After an error the transaction is still open, and aborted.
void StepRun::roll_back() {
    const auto status = PQtransactionStatus(connection_);
    if (is_lost_ || (status != PQTRANS_INERROR && status != PQTRANS_INTRANS)) return;
    // A cancel that was late may hit the ROLLBACK instead of the script.
    for (int attempt = 0; attempt < 2 && PQtransactionStatus(connection_) != PQTRANS_IDLE; ++attempt) {
        try {
            exchange(
                connection_, "ROLLBACK", [](std::size_t, const PGresult*) {}, base::Stop().within(time_for_rollback));
        } catch (const Error& error) {
            if (error.code.empty()) is_lost_ = true;
        }
    }
}

void StepRun::conclude() {
    if (result_.committed == steps_.size()) return;
    if (failure_) return conclude_failure();
    if (is_lost_) {
        const auto reason = watch_.stop_reason();
        result_.end = StepEnd::unknown;
        result_.error = reason ? *reason : make_lost_connection_error(connection_);
        return;
    }
    result_.end = StepEnd::rolled_back;
    result_.error = Error(ErrorKind::internal, "the step's transaction did not end with COMMIT but with " + last_tag_);
}

void StepRun::conclude_failure() {
    auto verdict = judge_failure(*failure_, message(), step(), completed_);
    result_.end = verdict.end;
    result_.error = std::move(verdict.error);
    if (const auto reason = watch_.stop_reason(); reason && verdict.end != StepEnd::unknown) {
        auto error = *reason;
        error.spot = result_.error->spot;
        error.excerpt = result_.error->excerpt;
        error.detail = failure_->message;
        result_.end = StepEnd::rolled_back;
        result_.error = std::move(error);
    }
}

void StepRun::take_notice(void* run, const PGresult* notice) {
    auto& self = *static_cast<StepRun*>(run);
    const auto words = read_field(notice, PG_DIAG_MESSAGE_PRIMARY);
    if (words == next_step_notice || self.result_.committed == self.steps_.size()) return;
    self.progress_.notice(self.first_index_ + self.result_.committed, read_field(notice, PG_DIAG_SEVERITY_NONLOCALIZED),
                          words);
}

}  // namespace headgate::database::postgres
