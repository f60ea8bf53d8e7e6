# SPDX-License-Identifier: Apache-2.0
# Sourced by run: containers as a careful cluster would start them, and what is asked of them.

network=host

# docker_run NAME [docker options…] IMAGE [command…]: in place of one of that name.
docker_run() {
    local name=$tag-$1
    shift
    docker rm -f "$name" >/dev/null 2>&1
    docker run -d --name "$name" "$@" >/dev/null
}

# gate NAME DATABASE IMAGE [docker options…] [-- command…]: without a command, the image's own CMD.
gate() {
    local name=$1 database=$2 image=$3 options=() hosts=(--add-host "$database_host:127.0.0.1")
    shift 3
    while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1"); shift; done
    [ $# = 0 ] || shift
    [ "$network" = host ] || hosts=()
    docker_run "$name" --network "$network" "${hosts[@]}" --read-only --cap-drop ALL --security-opt no-new-privileges \
        --user 65532:65532 -e "DATABASE_URL=$(url "$database")" -e HEADGATE_MIGRATIONS=/migrations "${options[@]}" "$tag-$image" "$@"
}

inspect() { docker inspect -f "$2" "$tag-$1"; }

logs() { docker logs "$tag-$1" 2>&1; }

show_logs() {
    local name
    for name in $(docker ps -a --filter "name=^/?$tag-$1" --format '{{.Names}}'); do
        echo "  log of $name ($(docker inspect -f '{{.State.Status}}, exit status {{.State.ExitCode}}' "$name")):"
        docker logs --tail 60 "$name" 2>&1 | sed 's/^/  | /'
    done
}

# Read to its end: under pipefail a reader that leaves early makes the writer fail, and a match look like none.
log_has() { logs "$1" | grep -E -- "$2" >/dev/null; }

# says NAME PATTERN
says() { log_has "$@" || { echo "  nothing like \"$2\" in the log of $1"; return 1; }; }

never_says() { ! log_has "$@" || { echo "  \"$2\" in the log of $1"; return 1; }; }

# ends_with NAME STATUS
ends_with() {
    local status
    status=$(timeout 60 docker wait "$tag-$1")
    [ "$status" = "$2" ] || { echo "  exit status ${status:-(it still runs)} instead of $2"; return 1; }
}

# stops_with NAME STATUS: docker stop, and the container did not wait to be killed.
stops_with() {
    local started=$SECONDS
    docker stop -t 60 "$tag-$1" >/dev/null && ends_with "$1" "$2" && [ $((SECONDS - started)) -lt 15 ] ||
        { echo "  docker stop took $((SECONDS - started)) s"; return 1; }
}

# within SECONDS COMMAND…: tried until it is true. What it prints is from the last try.
within() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >"$work/within.$BASHPID" 2>&1; do
        [ "$SECONDS" -lt "$end" ] || { cat "$work/within.$BASHPID"; return 1; }
        sleep 0.1
    done
}

# answer NAME PORT [PATH]: what the server in it answers, once it does.
answer() {
    local end=$((SECONDS + 30))
    while [ "$SECONDS" -lt "$end" ]; do
        docker exec "$tag-postgres" curl -fsS --max-time 5 "http://127.0.0.1:$2${3:-/}" 2>/dev/null && return
        [[ $(inspect "$1" '{{.State.Status}}') =~ ^(running|restarting|created)$ ]] || break
        sleep 0.1
    done
    return 1
}

# answers NAME PORT TEXT [PATH]
answers() {
    local text
    text=$(answer "$1" "$2" "${4:-}")
    [[ $text == *"$3"* ]] || { echo "  \"$text\" instead of \"$3\" from port $2 of $1"; return 1; }
}

serving='pid=1 uid=65532 headgate_url=removed'

# No output of any container may have a password. Where one is found, only its name is said.
keeps_secrets() {
    local name
    for name in $(docker ps -a --filter "name=^/?$tag-$1" --format '{{.Names}}'); do
        echo "$name" >>"$work/searched"
        ! log_has "${name#"$tag-"}" "$passwords" || { echo "  the log of $name has the password"; return 1; }
    done
}

remove_containers() {
    local found
    mapfile -t found < <(docker ps -aq --filter "name=^/?$tag-${1:-}")
    [ ${#found[@]} = 0 ] || docker rm -f "${found[@]}" >/dev/null 2>&1
}
