/* SPDX-License-Identifier: Apache-2.0
 * The least that any program pays to ask a PostgreSQL one question with libpq: connect, one query, exit.
 * headgate with nothing pending is measured against it. Usage: libpq_baseline URL QUERY */
#include <libpq-fe.h>
#include <stdio.h>

int main(int count, char** arguments) {
    if (count != 3) return 64;
    PGconn* connection = PQconnectdb(arguments[1]);
    if (PQstatus(connection) != CONNECTION_OK) {
        fputs(PQerrorMessage(connection), stderr);
        return 1;
    }
    PGresult* result = PQexec(connection, arguments[2]);
    const int status = PQresultStatus(result) == PGRES_TUPLES_OK ? 0 : 1;
    if (status != 0) fputs(PQerrorMessage(connection), stderr);
    PQclear(result);
    PQfinish(connection);
    return status;
}
