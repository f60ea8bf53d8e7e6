# SPDX-License-Identifier: Apache-2.0
# Sourced by run: a Docker engine for the tests, the one that runs already or one of their own.
# The own one keeps everything in $work and its mounts in a namespace of its own, so nothing of it is left.

engine_pid=

install_engine() {
    command -v dockerd >/dev/null && command -v docker >/dev/null && return
    echo "installing docker.io with apt-get"
    apt-get -q update >"$work/apt.log" 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends docker.io >>"$work/apt.log" 2>&1
    # Newer releases keep the client apart.
    command -v docker >/dev/null ||
        DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends docker-cli >>"$work/apt.log" 2>&1
    command -v dockerd >/dev/null && command -v docker >/dev/null || { tail -n 20 "$work/apt.log"; return 1; }
}

# No bridge and no packet filter: the tests' containers use the host's network, whose rules stay as they are.
start_own_engine() {
    install_engine || return 1
    export DOCKER_HOST=unix://$work/docker.sock
    unshare --mount --propagation private -- dockerd --host "$DOCKER_HOST" --pidfile "$work/dockerd.pid" \
        --data-root "$work/docker" --exec-root "$work/docker-run" --cgroup-parent "$engine_cgroup" \
        --bridge none --iptables=false --ip6tables=false >"$work/dockerd.log" 2>&1 &
    engine_pid=$!
    for _ in $(seq 300); do
        docker info >/dev/null 2>&1 && return
        kill -0 "$engine_pid" 2>/dev/null || break
        sleep 0.2
    done
    echo "dockerd does not start:"
    tail -n 20 "$work/dockerd.log"
    return 1
}

start_engine() {
    engine_cgroup=headgate-tests-$$
    if command -v docker >/dev/null && docker info >/dev/null 2>&1; then return; fi
    start_own_engine
}

stop_engine() {
    [ -n "$engine_pid" ] || return 0
    kill "$engine_pid" 2>/dev/null
    wait "$engine_pid" 2>/dev/null
    find /sys/fs/cgroup -depth -type d -path "*/$engine_cgroup*" -exec rmdir {} + 2>/dev/null
    # Its only places outside of $work; removed where nothing is in them.
    rmdir /run/containerd/s /run/containerd /run/docker/plugins /run/docker 2>/dev/null
    engine_pid=
}
