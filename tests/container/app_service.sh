# SPDX-License-Identifier: Apache-2.0
# Sourced by run: examples/azure-app-service, started by its own imitation of the platform.

guestbook_head=8c15f2d6a07b
guestbook_revisions=$(find examples/azure-app-service/migrations -name '*.sql' | wc -l)

# platform NAME STATUS [option of start-locally…] [-- IMAGE]: what it says goes to $work/NAME.platform.
platform() {
    local name=$1 wanted=$2 options=() status=0
    shift 2
    while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1"); shift; done
    docker rm -f "$tag-$name" >/dev/null 2>&1
    examples/azure-app-service/start-locally --name "$tag-$name" "${options[@]}" "$tag-${2:-guestbook}" >"$work/$name.platform" 2>&1 || status=$?
    [ "$status" = "$wanted" ] && return
    echo "  start-locally ended with $status instead of $wanted:"
    sed 's/^/  | /' "$work/$name.platform"
    return 1
}

settings_of() {
    settings=(--setting "DATABASE_URL=$(url "$1" sslmode=require 127.0.0.1)" --setting "WEBSITES_PORT=$port")
}

# guestbook_with NAME SQL…: an image with one revision more, that makes the table "half" and runs the SQL.
guestbook_with() {
    mkdir -p "$work/$1" && head_revision=$guestbook_head write_last_revision "$@" &&
        printf 'ARG base\nFROM $base\nCOPY *.sql /migrations/\n' >"$work/$1/Dockerfile" &&
        build_image "$1" --build-arg "base=$tag-guestbook" "$work/$1" >/dev/null
}

guestbook_is_as_before() { revisions=$guestbook_revisions is_as_before_half "$1"; }

# Every line up to this event, the gate's last, is JSON, though nobody asked for it. What follows is the server's.
logs_in_json() {
    logs "$1" | docker exec -i "$tag-postgres" python3 -c '
import json, sys
events = (json.loads(line)["event"] for line in sys.stdin.readlines())
assert sys.argv[1] in events, "no event " + sys.argv[1]' "$2"
}

says_platform() { grep -qE "$2" "$work/$1.platform" || { cat "$work/$1.platform"; return 1; }; }

case_app_service_start() {
    local port settings
    port=$(free_port "$first_port")
    settings_of "$1"
    platform "$1" 0 "${settings[@]}" && says_platform "$1" 'it answered 404' &&
        answers "$1" "$port" '"pid": 1, "title": "Guestbook", "entries": [{"guest": "The host", "words": "Welcome!"}]' &&
        is "$guestbook_revisions" "$1" 'SELECT count(*) FROM headgate_ledger' && logs_in_json "$1" server_starts && stops_with "$1" 0
}

# The gate is not part of what is typed, and stays all the same.
case_app_service_startup_command() {
    local port settings
    port=$(free_port "$first_port")
    settings_of "$1"
    platform "$1" 0 "${settings[@]}" --startup-command "python3 /app/guestbook.py 'Our visitors'" &&
        answers "$1" "$port" '"pid": 1, "title": "Our visitors"' &&
        is "$guestbook_revisions" "$1" 'SELECT count(*) FROM headgate_ledger'
}

case_app_service_failing() {
    local port settings started=$SECONDS
    port=$(free_port "$first_port")
    settings_of "$1"
    guestbook_with "$1" 'INSERT INTO half VALUES (1 / 0);' && platform "$1" 1 "${settings[@]}" -- "$1" &&
        says_platform "$1" 'limit 230 s' && says_platform "$1" 'exit status 79' && [ $((SECONDS - started)) -lt 60 ] &&
        guestbook_is_as_before "$1" && logs_in_json "$1" failed && says "$1" '"exit_code":79'
}

# The limit is lowered so that nobody waits for 230 s; what headgate makes of it is the same sum.
case_app_service_too_long() {
    local port settings
    port=$(free_port "$first_port")
    settings_of "$1"
    settings+=(--setting WEBSITES_CONTAINER_START_TIME_LIMIT=40 --setting HEADGATE_STARTUP_RESERVE=34s)
    guestbook_with "$1" 'SELECT pg_sleep(600);' && platform "$1" 1 "${settings[@]}" -- "$1" && says_platform "$1" 'exit status 79' &&
        guestbook_is_as_before "$1" && logs_in_json "$1" failed || return 1
    # Without a deadline of its own it is killed: the imitation does have a limit.
    settings+=(--setting WEBSITES_CONTAINER_START_TIME_LIMIT=10 --setting HEADGATE_DEADLINE=10min)
    platform "$1" 2 "${settings[@]}" -- "$1" && guestbook_is_as_before "$1"
}

# WEBSITES_CONTAINER_STOP_TIME_LIMIT is 5 s by default; then the container is killed.
case_app_service_stop() {
    local port settings waiting
    port=$(free_port "$first_port")
    settings_of "$1"
    guestbook_with "$1" 'SELECT pg_sleep(600);' || return 1
    platform "$1" 1 "${settings[@]}" -- "$1" &
    waiting=$!
    comes 1 "$1" "SELECT count(*) FROM pg_stat_activity WHERE datname = '$1' AND wait_event = 'PgSleep'" &&
        docker stop -t 5 "$tag-$1" >/dev/null && ends_with "$1" 143 && guestbook_is_as_before "$1"
    local status=$?
    wait "$waiting" && says_platform "$1" 'exit status 143' && return "$status"
}

# ADO.NET's words, as the portal shows them; of several, the one that is named.
case_app_service_connection_string() {
    local port ado_net="Server=127.0.0.1;Database=$1;Port=$postgres_port;User Id=app;Password=p@ss:w/rd;Ssl Mode=Require;"
    port=$(free_port "$first_port")
    platform "$1" 0 --setting "WEBSITES_PORT=$port" --connection-string "guestbook=$ado_net" \
        --connection-string "warehouse=Server=192.0.2.1;Database=warehouse;User Id=app;Password=other" \
        --setting HEADGATE_CONNECTION_STRING_NAME=guestbook &&
        answers "$1" "$port" '"guest": "The host"' && is "$guestbook_revisions" "$1" 'SELECT count(*) FROM headgate_ledger'
}

start_identity_server() {
    docker_run "$1-endpoint" --network host -v "$PWD/tests/container/app/identity_server.py:/identity_server.py:ro" \
        --entrypoint python3 "$tag-toolchain" /identity_server.py "$2" the-header "$token"
    within 30 eval ": <'/dev/tcp/127.0.0.1/$2'"
}

# The token is as long as Azure's. This server takes it as the role's password; Azure's looks into it.
case_app_service_identity() {
    local port endpoint_port token
    port=$(free_port "$first_port")
    endpoint_port=$(free_port $((first_port + 2000)))
    token=e30.$(seq 400 | tr -d '\n').signature
    sql -q -d postgres -c "CREATE ROLE \"guestbook-site\" LOGIN PASSWORD '$token'" -c "ALTER DATABASE $1 OWNER TO \"guestbook-site\"" &&
        start_identity_server "$1" "$endpoint_port" || return 1
    platform "$1" 0 --setting "WEBSITES_PORT=$port" --setting HEADGATE_IDENTITY=azure \
        --setting "DATABASE_URL=postgresql://guestbook-site@127.0.0.1:$postgres_port/$1?sslmode=require" \
        --variable "IDENTITY_ENDPOINT=http://127.0.0.1:$endpoint_port/msi/token" --variable IDENTITY_HEADER=the-header &&
        answers "$1" "$port" '"guest": "The host"' && is "$guestbook_revisions" "$1" 'SELECT count(*) FROM headgate_ledger' &&
        never_says "$1" "${token:0:60}|the-header" && never_says "$1-endpoint" 'answered 400'
}

case_app_service_default_deadline() {
    local name=$1
    docker_run "$name" --network none -e WEBSITE_SITE_NAME=guestbook -e "DATABASE_URL=$(url "$name")" \
        --entrypoint /headgate "$tag-guestbook" config && ends_with "$name" 0 && says "$name" 'deadline.*170000ms'
}

run_app_service() {
    title "App Service, imitated"
    once "a good start: migrated, any answer counts, JSON log, the server is PID 1" app_service_start
    once "the startup command replaces CMD and keeps the gate" app_service_startup_command
    once "a failing migration ends the start with 79, long before the limit" app_service_failing
    once "a migration that would meet the limit is ended before it, rolled back" app_service_too_long
    once "a stop in the middle of a migration needs less than the platform's 5 s" app_service_stop
    once "a connection string of type PostgreSQL, in ADO.NET's words" app_service_connection_string
    once "the app's managed identity gets the password" app_service_identity
    once "without settings 170 of the 230 s are for the gate" app_service_default_deadline
}
