// SPDX-License-Identifier: Apache-2.0
// The gate's lock, held longer than one transaction: by a second connection whose transaction does nothing else. Idle
// in READ COMMITTED it has no snapshot, so no index build waits for it, and it dies with its connection: nothing is
// ever left locked. Where the server does not learn that the client is gone, its own time-out ends it.
#pragma once

#include <memory>
#include <string_view>

#include "database/driver.hpp"
#include "database/postgres/handles.hpp"

namespace headgate::database::postgres {

// A pooler that has no second connection to give says nothing at all: so long is it waited for.
inline constexpr std::chrono::seconds time_for_second_connection{10};
base::Error make_second_connection_error(const base::Error& reason);

// How the server is asked whether it is still there.
struct LockQuestions {
    base::Milliseconds pause{5'000};             // between two
    base::Milliseconds longest_silence{30'000};  // after one: then the lock is taken for lost
};

class HeldLock {
public:
    // Null: somebody else has it. Throws Error(database_refused) where no second connection is given to us, and
    // Error(unreachable) where it is lost.
    static std::unique_ptr<HeldLock> try_take(const url::DatabaseUrl& url, const ConnectOptions& options,
                                              std::string_view ledger, base::Stop stop, LockQuestions questions = {});
    // Gives the lock back before the connection is closed, so that whoever asks next finds it free.
    ~HeldLock();
    HeldLock(const HeldLock&) = delete;
    HeldLock& operator=(const HeldLock&) = delete;

    // To be asked about once a second, and after any pause: looks at the connection, and every few seconds has the
    // server say a word.
    bool is_lost();

private:
    HeldLock(OwnedConnection session, LockQuestions questions);
    void take_answer();
    void ask();
    void give_back();
    void await_answer(base::Stop bounded);

    OwnedConnection session_;
    LockQuestions questions_;
    bool is_asked_ = false;
    base::Clock::time_point asked_at_ = base::Clock::now();
    bool is_lost_ = false;
};

}  // namespace headgate::database::postgres
