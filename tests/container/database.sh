# SPDX-License-Identifier: Apache-2.0
# Sourced by run: the PostgreSQL of the cases, and what is asked from it. It, not a log, says what has happened.

# As a name too: whoever looks it up meets the image's own name service.
database_host=db.headgate.test
revisions=$(find migrations -name '*.sql' | wc -l)
head_revision=c416a9f8e27b
passwords='p@ss:w/rd|p%40ss%3Aw%2Frd'

# free_port [FIRST]: one of the 2000 from there on.
free_port() {
    local port
    while port=$((${1:-20000} + RANDOM % 2000)); (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}

sql() { docker exec "$tag-postgres" psql -X -A -t -v ON_ERROR_STOP=1 -h /tmp -p "$postgres_port" -U app "$@"; }

start_postgres() {
    postgres_port=$(free_port)
    docker run -d --name "$tag-postgres" --network host --user postgres \
        -v "$PWD/tests/container/postgres.sh:/postgres.sh:ro" \
        "$tag-toolchain" sh /postgres.sh "$postgres_port" "$database_host" >/dev/null || return 1
    for _ in $(seq 150); do
        sql -d postgres -c 'SELECT 1' >/dev/null 2>&1 && docker cp "$tag-postgres:/tmp/ca.pem" "$work/ca.pem" >/dev/null 2>&1 && return
        sleep 0.2
    done
    docker logs "$tag-postgres" 2>&1 | tail -n 20
    return 1
}

# url DATABASE [PARAMETERS [HOST]]: the password has characters that mean something in a URL.
url() { echo "postgresql://app:p%40ss%3Aw%2Frd@${3:-$database_host}:$postgres_port/$1?${2:-sslmode=require}"; }

new_database() { sql -q -d postgres -c "CREATE DATABASE $1"; }

applied() { sql -d "$1" -c 'SELECT count(*) FROM headgate_ledger'; }

# is SQL-ANSWER DATABASE QUERY
is() {
    local answer
    answer=$(sql -d "$2" -c "$3")
    [ "$answer" = "$1" ] || { echo "  \"$answer\" instead of \"$1\" from: $3"; return 1; }
}

# comes SQL-ANSWER DATABASE QUERY: waited for.
comes() { within 60 is "$@"; }

# The history without anything of the revision that makes the table "half", and nobody at work in the database.
is_as_before_half() {
    is "$revisions|t" "$1" "SELECT count(*), to_regclass('half') IS NULL FROM headgate_ledger" &&
        comes 0 "$1" "SELECT count(*) FROM pg_stat_activity WHERE datname = '$1' AND pid <> pg_backend_pid()"
}

# folder NAME SQL…: the history and one revision more, on its head, that makes the table "half" and runs the SQL.
folder() {
    mkdir -p "$work/$1" && cp migrations/*.sql "$work/$1/" && write_last_revision "$@"
}

write_last_revision() {
    local name=$1
    shift
    # Renamed when whole, as a new image's folder would come.
    cat >"$work/$name.sql" <<SQL
-- headgate:revision
-- revision = "0badc0ffee00"
-- down_revision = "$head_revision"
-- message = "make half"

-- headgate:upgrade
CREATE TABLE half (n int, t text);
$(printf '%s\n' "$@")
SQL
    mv "$work/$name.sql" "$work/$name/20990101_0000_0badc0ffee00_make_half.sql"
}
