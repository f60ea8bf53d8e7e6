# SPDX-License-Identifier: Apache-2.0
# Sourced by deploy and check: Compose under either of its names, and the few questions that both ask.

replicas=(notes1 notes2 notes3)

if docker compose version >/dev/null 2>&1; then
    compose() { docker compose "$@"; }
else
    compose() { docker-compose "$@"; }
fi

# quietly COMMAND…: what it says is shown only where it fails.
quietly() {
    local said
    said=$("$@" 2>&1) || { printf '%s\n' "$said" >&2; return 1; }
}

# Compose says which project and service a container is of; asking Docker is quicker than asking Compose.
project=${COMPOSE_PROJECT_NAME:-$(sed -n 's/^COMPOSE_PROJECT_NAME=//p' .env)}
container() {
    docker ps -a -q --filter "label=com.docker.compose.project=$project" --filter "label=com.docker.compose.service=$1"
}

# inspect SERVICE FORMAT: what Docker knows of its container.
inspect() { docker inspect -f "$2" "$(container "$1")"; }

# run_in SERVICE COMMAND…
run_in() { docker exec "$(container "$1")" "${@:2}"; }

# wait_for_health SERVICE: false where it does not get healthy, ends, or has had to be started again.
wait_for_health() {
    local state
    for _ in $(seq 300); do
        state=$(inspect "$1" '{{.State.Status}} {{.State.Health.Status}} {{.RestartCount}}') || return 1
        case "$state" in
            "running healthy 0") return ;;
            "running starting 0" | "created "*) sleep 0.3 ;;
            *) return 1 ;;
        esac
    done
    return 1
}
