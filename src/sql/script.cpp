// SPDX-License-Identifier: Apache-2.0
#include "sql/script.hpp"

#include "sql/body_watch.hpp"
#include "sql/classify.hpp"
#include "sql/lexer.hpp"
#include "sql/lexical_rules.hpp"
#include "sql/scan.hpp"

namespace headgate::sql {
namespace {

std::string_view describe(Unterminated unterminated) {
    switch (unterminated) {
        case Unterminated::string:
            return "a string that begins here is never closed";
        case Unterminated::quoted_identifier:
            return "a quoted identifier that begins here is never closed";
        case Unterminated::block_comment:
            return "a comment that begins here is never closed";
        case Unterminated::dollar_string:
            return "a dollar-quoted string that begins here is never closed";
        case Unterminated::copy_data:
            return "COPY data that begins here is not ended by a line \"\\.\"";
        case Unterminated::nothing:
            break;
    }
    return "";
}

class Splitter {
public:
    Splitter(std::string_view text, base::DialectId dialect)
        : dialect_(dialect), rules_(lexical_rules(dialect)), lexer_(text, dialect), text_(text), body_(dialect) {}

    SplitResult split();

private:
    void see(const Token& token);
    void see_blank(const Token& token);
    void see_part(const Token& token);
    void see_semicolon(const Token& token);
    void see_backslash_line(const Token& token);
    void see_copy_data(const Token& token);
    void see_end(const Token& token);
    void begin_body(const Token& token);
    void count_parenthesis(const Token& token);
    void close(std::size_t end);
    StatementKind kind_of_current() const;
    void abandon_copy();
    void add_fault(std::size_t offset, std::string_view message) {
        result_.faults.push_back({offset, std::string(message)});
    }

    base::DialectId dialect_;
    const LexicalRules& rules_;
    Lexer lexer_;
    std::string_view text_;
    SplitResult result_;

    // About the statement being read.
    Statement current_;
    bool has_body_ = false;
    bool has_end_ = false;  // its semicolon was seen; COPY waits for its data
    std::size_t end_ = 0;   // behind that semicolon
    bool calls_session_lock_ = false;
    Token previous_;
    BodyWatch body_;
    std::size_t open_parentheses_ = 0;
    std::size_t parenthesis_offset_ = 0;

    bool is_copy_abandoned_ = false;  // the lexer still expects data that belongs to no statement of ours
};

SplitResult Splitter::split() {
    Token token;
    do {
        token = lexer_.next();
        if (token.unterminated != Unterminated::nothing && token.kind != TokenKind::end) {
            add_fault(token.offset, describe(token.unterminated));
        }
        see(token);
    } while (token.kind != TokenKind::end);
    return std::move(result_);
}

void Splitter::see(const Token& token) {
    switch (token.kind) {
        case TokenKind::space:
        case TokenKind::line_comment:
        case TokenKind::block_comment:
            return see_blank(token);
        case TokenKind::semicolon:
            return see_semicolon(token);
        case TokenKind::backslash_line:
            return see_backslash_line(token);
        case TokenKind::copy_data:
            return see_copy_data(token);
        case TokenKind::end:
            return see_end(token);
        case TokenKind::word:
        case TokenKind::quoted_identifier:
        case TokenKind::string:
        case TokenKind::number:
        case TokenKind::parameter:
        case TokenKind::symbol:
            return see_part(token);
    }
}

void Splitter::see_blank(const Token& token) {
    const bool spans_lines = token.kind == TokenKind::block_comment && token.text.contains('\n');
    if (has_end_ && spans_lines) abandon_copy();
}

void Splitter::see_part(const Token& token) {
    if (has_end_) abandon_copy();
    begin_body(token);
    current_.body_size = token.offset + token.text.size() - current_.body_offset;
    if (open_parentheses_ == 0) body_.see(token);
    if (token.kind == TokenKind::symbol) count_parenthesis(token);
    previous_ = token;
}

void Splitter::begin_body(const Token& token) {
    if (has_body_) return;
    has_body_ = true;
    current_.body_offset = token.offset;
    current_.line = token.line;
}

void Splitter::count_parenthesis(const Token& token) {
    if (token.text.front() == '(') {
        if (dialect_ == base::DialectId::postgresql && is_session_lock(previous_)) calls_session_lock_ = true;
        if (open_parentheses_++ == 0) parenthesis_offset_ = token.offset;
    } else if (token.text.front() == ')' && open_parentheses_ > 0) {
        --open_parentheses_;
    }
}

void Splitter::see_semicolon(const Token& token) {
    if (open_parentheses_ > 0 && rules_.parentheses_hold_semicolons) return see_part(token);
    if (body_.is_inside()) {
        open_parentheses_ = 0;
        return see_part(token);
    }
    if (has_end_) abandon_copy();
    if (!has_body_) {
        current_.body_offset = token.offset;
        current_.line = token.line;
    }
    end_ = token.offset + 1;
    has_end_ = lexer_.waits_for_copy_data() && !is_copy_abandoned_;
    if (!has_end_) close(end_);
}

void Splitter::see_backslash_line(const Token& token) {
    if (has_end_) abandon_copy();
    const bool interrupts = has_body_;
    if (interrupts) close(token.offset);
    begin_body(token);
    current_.body_size = token.text.size();
    close(token.offset + token.text.size());
    const bool is_harmless = is_restrict_command(token.text) && !interrupts;
    result_.statements.back().kind = is_harmless ? StatementKind::psql_restrict : StatementKind::psql_command;
}

void Splitter::see_copy_data(const Token& token) {
    is_copy_abandoned_ = false;
    if (!has_end_) return;
    current_.data_offset = token.offset;
    current_.data_size = copy_rows(token).size();
    close(token.offset + token.text.size());
}

void Splitter::see_end(const Token& token) {
    if (token.unterminated == Unterminated::copy_data && (has_end_ || has_body_)) {
        add_fault(
            current_.body_offset,
            "COPY … FROM STDIN has no data: it comes after the line of the semicolon, and a line \"\\.\" ends it");
    } else if (result_.faults.empty() && open_parentheses_ > 0 && rules_.parentheses_hold_semicolons) {
        add_fault(parenthesis_offset_, "a parenthesis that opens here is never closed");
    } else if (result_.faults.empty() && body_.is_inside()) {
        add_fault(current_.body_offset, "the statement that begins here has a body without END");
    }
    if (current_.offset == token.offset) return;
    if (!has_body_ && !has_end_) {
        current_.body_offset = token.offset;
        current_.line = token.line;
    }
    close(token.offset);
}

void Splitter::close(std::size_t end) {
    current_.size = end - current_.offset;
    current_.kind = kind_of_current();
    result_.statements.push_back(current_);
    current_ = {.offset = end};
    has_body_ = false;
    has_end_ = false;
    calls_session_lock_ = false;
    previous_ = {};
    body_ = BodyWatch(dialect_);
    open_parentheses_ = 0;
}

StatementKind Splitter::kind_of_current() const {
    if (!has_body_) return StatementKind::empty;
    if (calls_session_lock_) return StatementKind::session_advisory_lock;
    return classify(current_.body(text_), dialect_);
}

// psql runs what stands behind such a COPY in its line after it has read the data; no other reader of SQL could.
void Splitter::abandon_copy() {
    add_fault(current_.body_offset,
              "COPY … FROM STDIN must be the last statement of its line: its data begins on the next one");
    close(end_);
    is_copy_abandoned_ = true;
}

}  // namespace

SplitResult split(std::string_view text, base::DialectId dialect) {
    return Splitter(text, dialect).split();
}

}  // namespace headgate::sql
