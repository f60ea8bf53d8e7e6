// SPDX-License-Identifier: Apache-2.0
#include "apply/author_text.hpp"

#include <catch2/catch_test_macros.hpp>

namespace headgate::apply {

namespace {

sql::Script script_of(std::string text) {
    sql::Script script{.file = "a.sql", .text = std::move(text)};
    script.statements = sql::split(script.text, base::DialectId::postgresql).statements;
    std::erase_if(script.statements, [](const sql::Statement& statement) {
        return statement.kind != sql::StatementKind::ordinary && statement.kind != sql::StatementKind::copy_from_stdin;
    });
    return script;
}

std::string render(std::string text) {
    return render_author_text(script_of(std::move(text)), base::DialectId::postgresql);
}

}  // namespace

TEST_CASE("A section stays as it was written, but for blank lines around it") {
    CHECK(render("\n\n  -- why\n  SELECT 1 ;  -- so\n\n\n/* a; */ SELECT\n2;\n\n\n") ==
          "  -- why\n  SELECT 1 ;  -- so\n\n\n/* a; */ SELECT\n2;\n");
    CHECK(render("") == "");
    CHECK(render("-- nothing;\n") == "-- nothing;\n");
}

TEST_CASE("The last statement gets the semicolon that it lacks") {
    CHECK(render("SELECT 1") == "SELECT 1;\n");
    CHECK(render("SELECT 1 -- one;\n") == "SELECT 1; -- one;\n");
    CHECK(render("SELECT 1 /* ; */; /* ; */\n") == "SELECT 1 /* ; */; /* ; */\n");
}

TEST_CASE("A transaction around the section is left out, its comments are not") {
    CHECK(render("-- begins\nBEGIN;\nSELECT 1;\nCOMMIT;\n-- done") == "-- begins\n\nSELECT 1;\n\n-- done\n");
}

TEST_CASE("COPY data gets the end that it lacks") {
    CHECK(render("COPY t FROM stdin;\n1\t2\n") == "COPY t FROM stdin;\n1\t2\n\\.\n");
    CHECK(render("COPY t FROM stdin;\n1\t2\n\\.\n") == "COPY t FROM stdin;\n1\t2\n\\.\n");
    CHECK(render("COPY t FROM stdin;\n\\.\nSELECT 1;") == "COPY t FROM stdin;\n\\.\nSELECT 1;\n");
}

// psql 17 goes no further where a lone semicolon follows COPY data, and says nothing of it.
TEST_CASE("An empty statement leaves its comment and no semicolon") {
    CHECK(render("COPY t FROM stdin;\n1\n\\.\n\n;\nSELECT 1;\n-- a;\n;") ==
          "COPY t FROM stdin;\n1\n\\.\n\n\nSELECT 1;\n-- a;\n");
}

}  // namespace headgate::apply
