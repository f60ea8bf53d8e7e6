# SPDX-License-Identifier: Apache-2.0
# Sourced by scripts that run several checks: every check runs, whatever became of those before it; the last line says
# how many passed and failed, and the exit status is 0 only where none failed.
tally_passed=0
tally_failed=0
tally_failures=()

title() { printf '\n== %s\n' "$*"; }

pass() {
    tally_passed=$((tally_passed + 1))
    printf 'ok      %s\n' "$1"
}

fail() {
    tally_failed=$((tally_failed + 1))
    tally_failures+=("$1")
    printf 'FAILED  %s\n' "$1"
}

# check NAME COMMAND…
check() {
    local name=$1
    shift
    if "$@"; then pass "$name"; else fail "$name"; fi
}

# check_part NAME COMMAND…: a command that ends with a tally of its own, which is added to this one.
check_part() {
    local name=$1 log last status=0
    shift
    log=$(mktemp)
    { "$@" || status=$?; } > >(tee "$log") 2>&1
    wait $! || true
    last=$(tail -n 1 "$log")
    rm -f "$log"
    if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        tally_passed=$((tally_passed + BASH_REMATCH[1]))
        tally_failed=$((tally_failed + BASH_REMATCH[2]))
        [ "${BASH_REMATCH[2]}" = 0 ] || tally_failures+=("$name: ${BASH_REMATCH[2]}")
        [ "$status" = 0 ] || [ "${BASH_REMATCH[2]}" != 0 ] || fail "$name (exit status $status)"
    else
        check "$name" [ "$status" = 0 ]
    fi
}

finish_tally() {
    local failure
    title summary
    for failure in "${tally_failures[@]}"; do printf 'failed: %s\n' "$failure"; done
    printf '%d passed, %d failed\n' "$tally_passed" "$tally_failed"
    [ "$tally_failed" = 0 ]
}
