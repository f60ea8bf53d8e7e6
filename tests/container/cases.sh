# SPDX-License-Identifier: Apache-2.0
# Sourced by run: the cases. Each has a database of its own.

head_revision=c416a9f8e27b

# url DATABASE [PARAMETERS]: the password has characters that mean something in a URL.
url() { echo "postgresql://app:p%40ss%3Aw%2Frd@127.0.0.1:$postgres_port/$1?${2:-sslmode=require}"; }

new_database() { sql -q -d postgres -c "CREATE DATABASE $1"; }

applied() { sql -d "$1" -c "SELECT count(*) FROM headgate_ledger"; }

# gate NAME DATABASE IMAGE [docker options…] [-- command…]: a container as a careful cluster would start it.
gate() {
    local name=$tag-$1 database=$2 image=$3 options=()
    shift 3
    while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1"); shift; done
    [ $# = 0 ] || shift
    containers+=("$name")
    docker rm -f "$name" >/dev/null 2>&1
    docker run -d --name "$name" --network host --read-only --cap-drop ALL --security-opt no-new-privileges \
        --user 65532:65532 -e "DATABASE_URL=$(url "$database")" "${options[@]}" "$image" "$@" >/dev/null
}

logs() { docker logs "$tag-$1" 2>&1; }

# says NAME PATTERN: its log has the pattern; shown where it has not.
says() {
    # Read to its end: under pipefail a reader that leaves early makes the writer fail.
    logs "$1" | grep -E -- "$2" >/dev/null && return
    echo "  nothing like \"$2\" in:"
    logs "$1" | sed 's/^/  | /'
    return 1
}

# ends_with NAME STATUS
ends_with() {
    local status
    status=$(timeout 60 docker wait "$tag-$1")
    [ "$status" = "$2" ] && return
    echo "  exit status $status instead of $2:"
    logs "$1" | sed 's/^/  | /'
    return 1
}

# answer NAME PORT [PATH]: what the server in it answers, once it does.
answer() {
    for _ in $(seq 150); do
        docker exec "$tag-postgres" curl -fsS --max-time 5 "http://127.0.0.1:$2${3:-/}" 2>/dev/null && return
        [ "$(docker inspect -f '{{.State.Running}}' "$tag-$1")" = true ] || break
        sleep 0.1
    done
    logs "$1" | sed 's/^/  | /'
    return 1
}

the_image_is_one_file() {
    local files
    docker create --name "$tag-files" "$tag-headgate" >/dev/null || return 1
    containers+=("$tag-files")
    # Docker itself adds the places for what it mounts.
    files=$(docker export "$tag-files" | tar -t | grep -vE '^(dev|etc|proc|sys)(/|$)|^\.dockerenv$')
    [ "$files" = headgate ] || { echo "  $files"; return 1; }
}

the_gate_becomes_pid_1() {
    local port
    port=$(free_port)
    new_database scratch && gate app scratch "$tag-scratch" -e "HEADGATE_DATABASE_URL=$(url scratch)" -- /server "$port" || return 1
    [ "$(answer app "$port")" = "pid=1 uid=65532 headgate_url=removed" ] || { answer app "$port"; return 1; }
    [ "$(applied scratch)" = "$(ls migrations/*.sql | wc -l)" ]
}

sigterm_reaches_the_server() {
    local started=$SECONDS
    docker stop -t 20 "$tag-app" >/dev/null && ends_with app 0 && [ $((SECONDS - started)) -lt 10 ]
}

a_second_start_has_nothing_to_do() {
    local port before
    port=$(free_port)
    before=$(sql -d scratch -c 'SELECT max(applied_at) FROM headgate_ledger')
    gate again scratch "$tag-scratch" -- /server "$port" && answer again "$port" >/dev/null &&
        [ "$(sql -d scratch -c 'SELECT max(applied_at) FROM headgate_ledger')" = "$before" ]
    local status=$?
    docker rm -f "$tag-again" >/dev/null
    return "$status"
}

an_application_in_python_is_served() {
    local port
    port=$(free_port)
    new_database python && gate python python "$tag-python" -e "PORT=$port" || return 1
    answer python "$port" /healthz | grep '"pid": 1,' >/dev/null && answer python "$port" /articles/welcome | grep '"author": "The editor"' >/dev/null
}

a_failing_revision_ends_the_container() {
    mkdir -p "$work/failing" && cp migrations/*.sql "$work/failing/"
    cat >"$work/failing/20990101_0000_0badc0ffee00_fail.sql" <<SQL
-- headgate:revision
-- revision = "0badc0ffee00"
-- down_revision = "$head_revision"
-- message = "fail in the middle"

-- headgate:upgrade
CREATE TABLE half (n int);
INSERT INTO half VALUES (1 / 0);
SQL
    new_database failing && gate failing failing "$tag-scratch" -v "$work/failing:/migrations:ro" -- /server "$(free_port)" || return 1
    ends_with failing 79 && says failing 'division by zero' && says failing '0badc0ffee00_fail\.sql:8' || return 1
    ! logs failing | grep 'server: listening' >/dev/null || return 1
    [ "$(sql -d failing -c "SELECT count(*), to_regclass('half') IS NULL FROM headgate_ledger")" = "$(ls migrations/*.sql | wc -l)|t" ]
}

a_missing_server_is_found_out_before_the_database_is_touched() {
    new_database untouched && gate untouched untouched "$tag-scratch" -- /no/such/server && ends_with untouched 127 &&
        [ "$(sql -d untouched -c "SELECT to_regclass('headgate_ledger') IS NULL")" = t ]
}

# tls NAME STATUS PARAMETERS [docker options…]: `headgate current` in the bare image.
tls() {
    local name=$1 status=$2 parameters=$3
    shift 3
    new_database "$name" && gate "$name" "$name" "$tag-scratch" --entrypoint /headgate "$@" \
        -e "DATABASE_URL=$(url "$name" "$parameters")" -- current && ends_with "$name" "$status"
}

tls_with_a_ca_file() { tls tls_file 0 'sslmode=verify-full&sslrootcert=/ca.pem' -v "$work/ca.pem:/ca.pem:ro"; }
tls_with_the_images_bundle() { tls tls_bundle 0 sslmode=verify-full -v "$work/ca.pem:/etc/ssl/certs/ca-certificates.crt:ro"; }
tls_without_a_ca_is_refused() { tls tls_none 69 sslmode=verify-full && ! says tls_none 'p@ss|p%40ss' >/dev/null; }

# in_empty_root DATABASE_URL COMMAND…: no engine, no /proc, no /dev, no /etc; a user id without a name.
in_empty_root() {
    local address=$1
    shift
    env -i "DATABASE_URL=$address" "$(command -v chroot)" --userspec=65532:65532 "$work/root" /headgate "$@" >"$work/root.log" 2>&1 && return
    echo "  exit status $?:"
    sed 's/^/  | /' "$work/root.log"
    return 1
}

make_empty_root() {
    mkdir -p "$work/root" && docker cp "$tag-files:/headgate" "$work/root/headgate" >/dev/null 2>&1
}

the_binary_runs_in_an_empty_root() {
    make_empty_root && in_empty_root sqlite:///none.db --version && grep -q '^headgate [0-9]' "$work/root.log"
}

the_binary_migrates_from_an_empty_root() {
    cp -r migrations "$work/root/migrations" && cp "$work/ca.pem" "$work/root/ca.pem" && chmod -R a+rX "$work/root" &&
        new_database empty_root &&
        in_empty_root "$(url empty_root 'sslmode=verify-full&sslrootcert=/ca.pem')" upgrade &&
        [ "$(applied empty_root)" = "$(ls migrations/*.sql | wc -l)" ]
}

the_binary_migrates_sqlite_in_an_empty_root() {
    mkdir -p "$work/root/data" && chown 65532:65532 "$work/root/data" &&
        in_empty_root sqlite:////data/app.db upgrade && in_empty_root sqlite:////data/app.db current &&
        grep -q "$head_revision" "$work/root.log"
}

run_cases() {
    title "cases"
    check "the final image holds one file" the_image_is_one_file
    check "from scratch: the gate applies the history and the server is PID 1, as user 65532" the_gate_becomes_pid_1
    check "SIGTERM reaches the server" sigterm_reaches_the_server
    check "a second start changes nothing" a_second_start_has_nothing_to_do
    check "a Python application's image serves from its database" an_application_in_python_is_served
    check "a failing revision ends the container with 79, and the server never starts" a_failing_revision_ends_the_container
    check "a mistyped server ends it with 127, before the database is touched" a_missing_server_is_found_out_before_the_database_is_touched
    check "TLS with a CA file" tls_with_a_ca_file
    check "TLS with the image's CA bundle" tls_with_the_images_bundle
    check "TLS without any CA is refused, and the password not shown" tls_without_a_ca_is_refused
    check "empty root: --version" the_binary_runs_in_an_empty_root
    check "empty root: upgrade of PostgreSQL over TLS" the_binary_migrates_from_an_empty_root
    check "empty root: upgrade of SQLite" the_binary_migrates_sqlite_in_an_empty_root
}
