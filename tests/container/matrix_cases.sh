# SPDX-License-Identifier: Apache-2.0
# Sourced by run: the cases of the matrix, case_NAME IMAGE CONTAINER DATABASE. All run as user 65532 on a read-only root
# file system without any capability, and find the database by a name.

matrix_cases=(serves own_server stop failing restart no_network memory tls writes_nothing init)
declare -A case_title=(
    [serves]="gate, then the server is PID 1; SIGTERM ends it; again"
    [own_server]="the image's own Python server answers from its database"
    [stop]="docker stop in a migration: 143, quick, rolled back"
    [failing]="failing revision: 79, termination message, no server"
    [restart]="restart: on-failure converges once the revision is mended"
    [no_network]="--network none: 124, and the reason"
    [memory]="32 MB of memory for a real migration"
    [tls]="verify-full by name with the image's CA bundle; 69 without"
    [writes_nothing]="writes nothing into the image's file system"
    [init]="run --init as PID 1 reaps an orphan"
)

case_serves() {
    local image=$1 name=$2 database=$3 port when='SELECT max(applied_at) FROM headgate_ledger' first
    port=$(free_port "$first_port")
    gate "$name" "$database" "$image" -e "PORT=$port" -e "HEADGATE_DATABASE_URL=$(url "$database")" -- /server &&
        answers "$name" "$port" "$serving" && is "$revisions" "$database" 'SELECT count(*) FROM headgate_ledger' || return 1
    [ "$(docker top "$tag-$name" -eo pid | wc -l)" = 2 ] || { docker top "$tag-$name" -ef; return 1; }
    stops_with "$name" 0 || return 1
    first=$(sql -d "$database" -c "$when")
    docker start "$tag-$name" >/dev/null && answers "$name" "$port" "$serving" && is "$first" "$database" "$when"
}

# ENTRYPOINT and CMD as the image has them.
case_own_server() {
    local image=$1 name=$2 database=$3 port
    port=$(free_port "$first_port")
    gate "$name" "$database" "$image" -e "PORT=$port" &&
        answers "$name" "$port" '"pid": 1,' /healthz && answers "$name" "$port" '"author": "The editor"' /articles/welcome &&
        stops_with "$name" 0
}

case_stop() {
    local image=$1 name=$2 database=$3
    folder "$name" 'SELECT pg_sleep(600);' && gate "$name" "$database" "$image" -v "$work/$name:/migrations:ro" -- /server &&
        comes 1 "$database" "SELECT count(*) FROM pg_stat_activity WHERE datname = '$database' AND wait_event = 'PgSleep'" &&
        stops_with "$name" 143 && is_as_before_half "$database" && never_says "$name" 'server: listening'
}

# Kubernetes mounts such a file, writable for everybody.
case_failing() {
    local image=$1 name=$2 database=$3 message=$work/$2.termination
    touch "$message" && chmod 666 "$message" && folder "$name" 'INSERT INTO half VALUES (1 / 0);' &&
        gate "$name" "$database" "$image" -v "$work/$name:/migrations:ro" -v "$message:/dev/termination-log" -- /server &&
        ends_with "$name" 79 && is_as_before_half "$database" && never_says "$name" 'server: listening' || return 1
    says "$name" 'division by zero' && says "$name" '0badc0ffee00_make_half\.sql:8' || return 1
    for part in 'division by zero' '0badc0ffee00_make_half\.sql:8' 'code: 22012' 'exit: 79'; do
        grep -q "$part" "$message" || { echo "  no \"$part\" in the termination message:"; cat "$message"; return 1; }
    done
    [ "$(stat -c %s "$message")" -le 4096 ] && ! grep -qE "$passwords" "$message"
}

has_restarted() {
    local count
    count=$(inspect "$1" '{{.RestartCount}}')
    [ "$count" -ge "$2" ] || { echo "  $count restarts instead of $2"; return 1; }
}

case_restart() {
    local image=$1 name=$2 database=$3 port
    port=$(free_port "$first_port")
    folder "$name" 'INSERT INTO half VALUES (1 / 0);' &&
        gate "$name" "$database" "$image" --restart on-failure:50 -e "PORT=$port" -v "$work/$name:/migrations:ro" -- /server &&
        within 60 has_restarted "$name" 2 && is_as_before_half "$database" && never_says "$name" 'server: listening' || return 1
    write_last_revision "$name" 'INSERT INTO half VALUES (1 / 1);'
    answers "$name" "$port" "$serving" && is "$((revisions + 1))|1" "$database" \
        'SELECT count(*), (SELECT count(*) FROM half) FROM headgate_ledger'
}

# A name that nobody knows, and an address that nothing leads to.
case_no_network() {
    local image=$1 name=$2 host
    for host in "$database_host" 192.0.2.1; do
        network=none gate "$name" none "$image" -e HEADGATE_WAIT_TIMEOUT=2s \
            -e "DATABASE_URL=postgresql://app:p%40ss%3Aw%2Frd@$host:5432/none" -- /server &&
            ends_with "$name" 124 && never_says "$name" 'server: listening' && keeps_secrets "$name" || return 1
        says "$name" "host \"$host\" was not found|name server answered for the host \"$host\"|$host.*Network is unreachable" || return 1
    done
}

# The most that a container had, where its control group tells.
print_peak() {
    local pid group file
    pid=$(inspect "$1" '{{.State.Pid}}')
    group=$(sed -n 's/^[0-9]*:memory:\|^0:://p' "/proc/$pid/cgroup" | head -n 1)
    for file in "/sys/fs/cgroup/memory$group/memory.max_usage_in_bytes" "/sys/fs/cgroup$group/memory.peak"; do
        [ ! -r "$file" ] || awk '{printf "%.1f MB\n", $1 / 1e6}' "$file" >"$work/peak.$2"
    done
}

# The whole history, 60,000 rows of COPY data (6.8 MB in one step), and an index over them.
case_memory() {
    local image=$1 name=$2 database=$3 port
    port=$(free_port "$first_port")
    folder "$name" 'COPY half FROM stdin;' "$(seq 60000 | sed "s/.*/&\tthis row is here to make the step large: $(printf '%060d' 0)/")" \
        '\.' 'CREATE INDEX half_by_n ON half (n);' &&
        gate "$name" "$database" "$image" --memory 32m --memory-swap 32m -e "PORT=$port" -v "$work/$name:/migrations:ro" -- /server &&
        answers "$name" "$port" "$serving" && is 60000 "$database" 'SELECT count(*) FROM half' && print_peak "$name" "$image"
}

case_tls() {
    local image=$1 name=$2 database=$3 verified
    verified=(-e "DATABASE_URL=$(url "$database" sslmode=verify-full)")
    gate "$name" "$database" "$image" "${verified[@]}" --entrypoint /headgate \
        -v "$work/ca.pem:/etc/ssl/certs/ca-certificates.crt:ro" -- upgrade &&
        ends_with "$name" 0 && is "$revisions" "$database" 'SELECT count(*) FROM headgate_ledger' || return 1
    gate "$name" "$database" "$image" "${verified[@]}" -v /dev/null:/etc/ssl/certs/ca-certificates.crt:ro -- /server &&
        ends_with "$name" 69 && says "$name" 'certificate' && never_says "$name" 'server: listening'
}

case_writes_nothing() {
    local image=$1 name=$2 database=$3 changed
    docker_run "$name" --network host --add-host "$database_host:127.0.0.1" --user 0:0 --entrypoint /headgate \
        -e "DATABASE_URL=$(url "$database")" "$tag-$image" upgrade --migrations /migrations && ends_with "$name" 0 || return 1
    # Docker's own mount points may be made anew.
    changed=$(docker diff "$tag-$name" | grep -vE '^[AC] /(dev|etc|proc|sys)(/|$)')
    [ -z "$changed" ] || { echo "  $changed"; return 1; }
}

# Children of PID 1 that have ended and were not reaped. (docker top does not show them.)
dead_orphans() { ps --ppid "$(inspect "$1" '{{.State.Pid}}')" -o stat= | grep -c '^Z'; }

has_dead_orphan() { [ "$(dead_orphans "$1")" = 1 ] || { echo "  no orphan without --init"; return 1; }; }

has_processes() { [ "$(docker top "$tag-$1" -eo pid | tail -n +2 | wc -l)" = "$2" ] || { docker top "$tag-$1" -ef; return 1; }; }

leaves_an_orphan() {
    local name=$1 database=$2 image=$3 port
    shift 3
    port=$(free_port "$first_port")
    gate "$name" "$database" "$image" -e ORPHAN=1 -e "PORT=$port" "$@" && answer "$name" "$port" >/dev/null
}

# The orphan ends at the first request. Without --init it stays, or this case would prove nothing.
case_init() {
    local image=$1 name=$2 database=$3
    leaves_an_orphan "$name-without" "$database" "$image" -- /server && within 30 has_dead_orphan "$name-without" &&
        leaves_an_orphan "$name" "$database" "$image" --entrypoint /headgate -- run --init -- /server &&
        within 30 has_processes "$name" 2 && [ "$(dead_orphans "$name")" = 0 ] && stops_with "$name" 0
}
