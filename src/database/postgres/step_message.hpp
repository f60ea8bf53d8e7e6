// SPDX-License-Identifier: Apache-2.0
// The one message that a step is: BEGIN, a guard, the step's SQL, the resets, the ledger's change, COMMIT. Pure text,
// and the way back from a place in the message to a place in the script.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "database/connection.hpp"
#include "database/postgres/ledger_sql.hpp"

namespace headgate::database::postgres {

// What a step needs to know beside its script.
struct StepFrame {
    std::string schema;            // the ledger's
    std::string application_name;  // the session's; the revision is added
    std::string role;              // empty: none
    int server_version = 0;        // as libpq numbers it: 170012
    Language language = Language::plpgsql;
    std::vector<std::string> reader_roles = {};  // get SELECT on the ledger, where they lack it
    Locking locking = Locking::take;
    std::string version_table = {};                     // Alembic's
    std::string versions = {};                          // the same, qualified
    std::map<std::string, std::string> variables = {};  // ConnectOptions has them
};

enum class Section {
    opening,      // BEGIN and the settings
    guard,        // the lock, the ledger as expected
    script,       // the step's own SQL
    reset,        // what the script left behind
    change,       // the ledger's rows
    expectation,  // the ledger after them
    commit,
};

// One statement of ours, as far as finding it again needs it.
struct OwnStatement {
    Section section = Section::opening;
    std::size_t characters = 0;  // its separator included
};

struct StepMessage {
    std::string text;
    std::vector<OwnStatement> before;  // the script's statements
    std::vector<OwnStatement> after;
    bool is_alone = false;              // the script's one statement, outside any transaction
    std::size_t characters_before = 0;  // what is sent before it: other steps, or the tag of a statement that is alone

    // The server answers every statement of the message with one result: which section the n-th (from 0) belongs to.
    Section section_of(std::size_t statement, std::size_t script_statements) const;
};

// set_config for each variable of the frame, for the transaction or for the session.
enum class Scope { transaction, session };
std::vector<std::string> set_variables(const StepFrame& frame, Scope scope);

// What everything begins with that is sent for the step.
std::string tag_of(const StepScript& step, const StepFrame& frame);

StepMessage make_step_message(const StepScript& step, const StepFrame& frame, const AssumedLedger& assumed);

// Several steps to be sent as one text, which is that of the first message; each is its own transaction still.
std::vector<StepMessage> make_step_messages(std::span<const StepScript> steps, const StepFrame& frame,
                                            const ledger::Expectation& expected);
// How many of the steps, from the first, go into one text. At least one.
std::size_t count_sent_together(std::span<const StepScript> steps, Language language);

// The last statement of the step's script as a message of its own, with nothing around it but its tag.
StepMessage make_alone_message(const StepScript& step, const StepFrame& frame);

// What puts back all that a script may have changed in its session, for a transaction or for the session.
std::span<const std::string_view> reset_statements();
std::string make_reset_message();

// The byte offset in the script's text of the server's error position: characters from the start of what was sent,
// from 1. Empty where the place is not in the script.
std::optional<std::size_t> find_script_offset(const StepMessage& message, const sql::Script& script,
                                              std::size_t position);

}  // namespace headgate::database::postgres
