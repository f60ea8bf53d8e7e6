# SPDX-License-Identifier: Apache-2.0
# Sourced by check: what can be seen from outside, by HTTP, in the logs and in the database; and the report of it.

phases=() # "name|the traffic's line when it began"
did=()    # "when|replica|version|what its log says"

# ---- over HTTP ---------------------------------------------------------------------------------------

# http METHOD PATH [JSON]: the body of the answer, through the balancer.
http() {
    local options=(-sS --max-time 10 -X "$1")
    [ $# -lt 3 ] || options+=(-H 'content-type: application/json' -d "$3")
    run_in balancer curl "${options[@]}" "http://127.0.0.1:8080$2"
}

# has TEXT: yes, if the standard input has it.
has() { if grep -qF -- "$1"; then echo yes; else echo no; fi; }

newest_body() { sed -n 's/^\[{"id":[0-9]*,"body":"\([^"]*\)".*/\1/p'; }

# versions_seen: who answered as what, in some rounds of the balancer.
versions_seen() {
    run_in balancer sh -c 'for n in $(seq 12); do curl -sS -o /dev/null -D - http://127.0.0.1:8080/healthz; done' |
        tr -d '\r' | awk '/^x-notes-version:/ { versions[$2] } /^x-notes-replica:/ { replicas[$2] }
            END { for (name in versions) print "0" name; for (name in replicas) print name }' | sort | sed 's/^0//' | paste -sd ' '
}

# From this machine, without any other program than bash.
page_is_published() {
    local address answer
    address=$(docker port "$(container balancer)" 8080 | head -n 1)
    exec 3<>"/dev/tcp/${address%:*}/${address##*:}" || return 1
    printf 'GET / HTTP/1.0\r\nHost: notes\r\n\r\n' >&3
    answer=$(cat <&3)
    exec 3>&-
    [[ $answer == HTTP/1.*' 200 '*'<title>Notes</title>'* ]]
}

# ---- in the database ---------------------------------------------------------------------------------

sql() { run_in database psql -U notes -d notes -X -A -t -v ON_ERROR_STOP=1 -c "$1"; }

# applied: the revisions in the ledger; files FOLDER…: those that have files. Both sorted.
applied() { sql "SELECT revision FROM headgate_ledger WHERE state = 'applied'" | sort; }
files() { for folder in "$@"; do sed -n 's/^-- revision = "\(.*\)"$/\1/p' "notes/$folder/migrations"/*.sql; done | sort; }

every_note_is_there() {
    local name
    name=$(traffic_log | sed -n 's/^notes=\([^ ]*\) .*/\1/p')
    [ "$(sql "SELECT count(*), count(DISTINCT body) FROM notes WHERE body LIKE '$name-%'")" = \
        "$(traffic_field written)|$(traffic_field written)" ]
}

# ---- in the logs -------------------------------------------------------------------------------------

log_of() { docker logs "$(container "$1")" 2>&1; }

# what_it_did REPLICA: since its container was made, from the gate's own words.
what_it_did() {
    log_of "$1" | awk '
        / info +applied [0-9a-f]+ / { migrated = migrated " " $4 }
        / waiting for .*, which migrates/ { waited = 1 }
        /the database is ahead/ { ahead = 1 }
        / info +the database is at / { at = $NF }
        END {
            if (!at) print "never got to head"
            else if (migrated) print "migrated" migrated
            else print (waited ? "waited for another gate, " : "") (ahead ? "database ahead, " : "") "found head " at
        }'
}

# note_replicas WHEN VERSION: for the report, before the containers are replaced.
note_replicas() {
    local replica
    for replica in "${replicas[@]}"; do did+=("$1|$replica|$2|$(what_it_did "$replica")"); done
}

# Whatever a replica said that it applied is what the ledger has under its name, over all that were noted.
logs_agree_with_ledger() {
    local said
    said=$(for line in "${did[@]}"; do
        IFS='|' read -r _ replica version what <<<"$line"
        for revision in ${what#migrated}; do [[ $what == migrated* ]] && echo "$revision|$replica|notes:$version"; done
    done | sort)
    [ "$said" = "$(sql 'SELECT revision, host, image_label FROM headgate_ledger' | sort)" ] && return
    printf 'the logs say:\n%s\n' "$said"
    return 1
}

# ends_of REPLICA TIME: the exit codes of its containers since then; a restart hides them from `docker inspect`.
ends_of() {
    docker events --since "$2" --until "$(date +%s)" --filter event=die --filter "label=com.docker.compose.project=$project" \
        --filter "label=com.docker.compose.service=$1" --format '{{.Actor.Attributes.exitCode}}'
}

every_gate_warned() {
    local replica
    for replica in "${replicas[@]}"; do [[ $(log_of "$replica") == *'warning the database is ahead'* ]] || return 1; done
}

# ---- the stream of requests --------------------------------------------------------------------------

traffic_log() { log_of traffic; }
traffic_line() { traffic_log | grep 'sent=' | tail -n 1; }
field_of() { sed -n "s/.*\b$2=\([0-9]*\).*/\1/p" <<<"$1"; }

# traffic_field NAME: of its newest line.
traffic_field() {
    local value
    value=$(field_of "$(traffic_line)" "$1")
    echo "${value:-0}"
}

begin_phase() { phases+=("$1|$(traffic_line)"); }

# let_requests_pass NUMBER: waits until so many more were sent.
let_requests_pass() {
    local target
    target=$(($(traffic_field sent) + $1))
    for _ in $(seq 150); do [ "$(traffic_field sent)" -ge "$target" ] && return; sleep 0.2; done
    deviation "$1 requests pass in 30 s"
}

end_traffic() {
    docker stop -t 20 "$(container traffic)" >/dev/null
    traffic_log | grep failed: | head -n 20
    [[ $(traffic_line) == end* ]]
}

# ---- the report --------------------------------------------------------------------------------------

report_phases() {
    local number name from to
    printf '%-26s %9s %7s %7s %14s %14s\n' phase requests failed writes "by version 1" "by version 2"
    phases+=("total|")
    for number in "${!phases[@]}"; do
        IFS='|' read -r name from <<<"${phases[$number]}"
        to=${phases[$((number + 1))]-}
        to=${to#*|}
        [ -n "$to" ] || to=$(traffic_line)
        printf '%-26s' "$name"
        printf ' %9d %7d %7d %14d %14d\n' $(for what in sent failed written version1 version2; do
            echo $(($(field_of "$to" "$what") - $(value=$(field_of "$from" "$what"); echo "${value:-0}")))
        done)
    done
    printf 'slowest answer: %s\n\n' "$(traffic_line | sed 's/.*slowest=//')"
}

report_replicas() {
    local line when replica version what
    printf '%-10s %-8s %-8s %s\n' when replica image "what its gate did"
    for line in "${did[@]}"; do
        IFS='|' read -r when replica version what <<<"$line"
        printf '%-10s %-8s %-8s %s\n' "$when" "$replica" "notes:$version" "$what"
    done
    printf '\nthe ledger says:\n'
    sql "SELECT format('%s  %-22s applied by %s (%s)', revision, message, host, image_label) FROM headgate_ledger ORDER BY sequence"
}
