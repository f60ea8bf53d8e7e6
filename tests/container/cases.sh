# SPDX-License-Identifier: Apache-2.0
# Sourced by run: the cases that one image or none is enough for. Each has a database and containers of its own name.

first_port=30000

# once TITLE NAME: case_NAME; its containers are gone afterwards, and their logs shown where it failed.
case_once() {
    local status=0
    new_database "$1" && "case_$1" "$1" && keeps_secrets "$1" || status=1
    [ "$status" = 0 ] || show_logs "$1"
    remove_containers "$1"
    return "$status"
}
once() { check "$1" case_once "$2"; }

case_one_file() {
    local files
    docker create --name "$tag-$1" "$tag-headgate" >/dev/null || return 1
    # Docker itself adds the places for what it mounts.
    files=$(docker export "$tag-$1" | tar -t | grep -vE '^(dev|etc|proc|sys)(/|$)|^\.dockerenv$')
    [ "$files" = headgate ] || { echo "  $files"; return 1; }
    mkdir -p "$work/root" && docker cp "$tag-$1:/headgate" "$work/root/headgate" >/dev/null 2>&1
}

# The engine cannot start one, and headgate needs none: every other case of this image runs without.
case_no_shell() {
    local shell
    for shell in sh /bin/sh bash busybox; do
        ! docker_run "$1" --network none --entrypoint "$shell" "$tag-scratch" -c true 2>"$work/no_shell.log" || return 1
        grep -qE 'executable file not found|no such file' "$work/no_shell.log" || { cat "$work/no_shell.log"; return 1; }
    done
}

# Without these three, cases of the matrix would pass although nothing is limited and nothing is poisoned.
case_memory_is_limited() {
    docker_run "$1" --memory 32m --memory-swap 32m -e EAT_MB=64 --network none --entrypoint /server "$tag-scratch" &&
        ends_with "$1" 137 && [ "$(inspect "$1" '{{.State.OOMKilled}}')" = true ]
}

case_foreign_names_are_broken() {
    docker_run "$1" --network host --add-host "$database_host:127.0.0.1" --entrypoint getent "$tag-foreign" hosts "$database_host" &&
        ends_with "$1" 2 &&
        docker_run "$1" --network host --add-host "$database_host:127.0.0.1" --entrypoint getent "$tag-debian12" hosts "$database_host" &&
        ends_with "$1" 0
}

case_foreign_openssl_is_broken() {
    local context='import ssl; ssl.create_default_context()'
    docker_run "$1" --network none --entrypoint python3 "$tag-foreign" -c "$context" && ends_with "$1" 1 && says "$1" SSLError &&
        docker_run "$1" --network none --entrypoint python3 "$tag-debian12" -c "$context" && ends_with "$1" 0
}

# A number without a name is not a reason to wait for the database.
case_nobody_named() {
    gate "$1" "$1" scratch -e "DATABASE_URL=postgresql://$database_host:$postgres_port/$1?sslmode=require" -- /server &&
        ends_with "$1" 78 && says "$1" 'write the user into the URL'
}

case_missing_server() {
    gate "$1" "$1" scratch -- /no/such/server && ends_with "$1" 127 &&
        is t "$1" "SELECT to_regclass('headgate_ledger') IS NULL"
}

# As in a cluster where the database is made by somebody else, later.
case_database_comes_later() {
    local port
    port=$(free_port "$first_port")
    gate "$1" later scratch --restart on-failure:50 -e "PORT=$port" && within 60 has_restarted "$1" 2 && says "$1" 'exit: 69' &&
        new_database later && answers "$1" "$port" "$serving" && is "$revisions" later 'SELECT count(*) FROM headgate_ledger'
}

case_ca_file() {
    gate "$1" "$1" scratch --entrypoint /headgate -v "$work/ca.pem:/ca.pem:ro" \
        -e "DATABASE_URL=$(url "$1" 'sslmode=verify-full&sslrootcert=/ca.pem')" -- current && ends_with "$1" 0
}

# in_empty_root DATABASE_URL COMMAND…: no engine, no /proc, no /dev, no /etc; a user id without a name.
in_empty_root() {
    local address=$1
    shift
    env -i "DATABASE_URL=$address" "$(command -v chroot)" --userspec=65532:65532 "$work/root" /headgate "$@" >"$work/root.log" 2>&1 && return
    echo "  exit status $?:"
    sed 's/^/  | /' "$work/root.log"
    return 1
}

case_empty_root() {
    in_empty_root sqlite:///none.db --version && grep -q '^headgate [0-9]' "$work/root.log"
}

case_empty_root_postgres() {
    cp -r migrations "$work/root/migrations" && cp "$work/ca.pem" "$work/root/ca.pem" && chmod -R a+rX "$work/root" &&
        in_empty_root "$(url "$1" 'sslmode=verify-full&sslrootcert=/ca.pem' 127.0.0.1)" upgrade &&
        is "$revisions" "$1" 'SELECT count(*) FROM headgate_ledger'
}

case_empty_root_sqlite() {
    mkdir -p "$work/root/data" && chown 65532:65532 "$work/root/data" &&
        in_empty_root sqlite:////data/app.db upgrade && in_empty_root sqlite:////data/app.db current &&
        grep -q "$head_revision" "$work/root.log"
}

run_once() {
    title "once"
    once "the final image holds one file" one_file
    once "no shell in the image from scratch" no_shell
    once "this engine does limit memory" memory_is_limited
    once "the foreign image's own name service is broken" foreign_names_are_broken
    once "the foreign image's own OpenSSL is broken" foreign_openssl_is_broken
    once "a mistyped server: 127, before the database is touched" missing_server
    once "no user in the URL, and none for the container's number: 78 at once" nobody_named
    once "restart: on-failure converges once there is a database" database_comes_later
    once "verify-full with a CA file" ca_file
    once "empty root: --version" empty_root
    once "empty root: upgrade of PostgreSQL over TLS" empty_root_postgres
    once "empty root: upgrade of SQLite" empty_root_sqlite
}
