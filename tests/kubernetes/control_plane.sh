# SPDX-License-Identifier: Apache-2.0
# Sourced by tests/kubernetes/run: Kubernetes' own etcd, kube-apiserver and kube-controller-manager, built once from
# their Go modules and started on loopback. No kubelet: pods are objects here and never run.
kubernetes_version=${KUBERNETES_VERSION:-1.35.4}
etcd_version=${ETCD_VERSION:-3.6.5}
kubernetes=${HEADGATE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/headgate}/kubernetes-$kubernetes_version
servers=()

# k8s.io/kubernetes takes its libraries from its own folder; as a module it needs their published twins (v0.X for v1.X).
write_module() {
    local published
    published=$(go mod download -json "k8s.io/kubernetes@v$kubernetes_version" | sed -n 's/.*"GoMod": "\(.*\)",/\1/p') || return 1
    {
        printf 'module headgate.test/kubernetes\n\ngodebug default=go1.25\n'
        sed -n 's/^go 1/&/p' "$published"
        printf 'require k8s.io/kubernetes v%s\nrequire go.etcd.io/etcd/server/v3 v%s\n' "$kubernetes_version" "$etcd_version"
        sed -n "s|^[[:space:]]*\(k8s.io/[a-z0-9-]*\) => ./staging/.*|replace \1 => \1 v${kubernetes_version/#1./0.}|p" "$published"
    } >go.mod
}

build_program() {
    [ -x "$1" ] && return
    echo "building $1 (minutes, once)"
    CGO_ENABLED=0 GOFLAGS='-mod=mod -trimpath' nice -n 15 go build -p 1 -ldflags '-s -w' -o "$1" "$2"
}

build_control_plane() (
    mkdir -p "$kubernetes/module" && cd "$kubernetes/module" || return 1
    [ -s go.mod ] || write_module || return 1
    build_program ../etcd go.etcd.io/etcd/server/v3 &&
        build_program ../kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver &&
        build_program ../kube-controller-manager k8s.io/kubernetes/cmd/kube-controller-manager &&
        build_program ../kubectl k8s.io/kubernetes/cmd/kubectl
)

free_port() {
    local port
    while port=$((20000 + RANDOM % 20000)); (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}

# start NAME OPTION…: in the background, its log in $work/NAME.log.
start() {
    local name=$1
    shift
    "$kubernetes/$name" "$@" >"$work/$name.log" 2>&1 &
    servers+=($!)
}

# within SECONDS COMMAND…: until it succeeds.
within() {
    local until=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $until ] || return 1
        sleep 0.3
    done
}

kubectl() { "$kubernetes/kubectl" --kubeconfig "$work/kubeconfig" "$@"; }

write_kubeconfig() {
    local token
    token=$(openssl rand -hex 16)
    echo "$token,admin,admin,system:masters" >"$work/tokens"
    cat >"$work/kubeconfig" <<CONFIG
apiVersion: v1
kind: Config
clusters: [{name: here, cluster: {server: "https://127.0.0.1:$1", insecure-skip-tls-verify: true}}]
users: [{name: admin, user: {token: "$token"}}]
contexts: [{name: here, context: {cluster: here, user: admin}}]
current-context: here
CONFIG
}

start_control_plane() {
    local etcd peer api manager
    etcd=$(free_port) peer=$(free_port) api=$(free_port) manager=$(free_port)
    write_kubeconfig "$api"
    openssl genrsa -out "$work/accounts.key" 2048 2>/dev/null
    start etcd --data-dir "$work/etcd" --listen-client-urls "http://127.0.0.1:$etcd" \
        --advertise-client-urls "http://127.0.0.1:$etcd" --listen-peer-urls "http://127.0.0.1:$peer" \
        --initial-advertise-peer-urls "http://127.0.0.1:$peer" --initial-cluster "default=http://127.0.0.1:$peer"
    start kube-apiserver --etcd-servers "http://127.0.0.1:$etcd" --bind-address 127.0.0.1 --secure-port "$api" \
        --cert-dir "$work/certificates" --token-auth-file "$work/tokens" --authorization-mode RBAC \
        --service-cluster-ip-range 10.0.0.0/24 --service-account-issuer https://kubernetes.default.svc \
        --service-account-key-file "$work/accounts.key" --service-account-signing-key-file "$work/accounts.key"
    within 120 kubectl get --raw /readyz || { tail -n 5 "$work/kube-apiserver.log"; return 1; }
    start kube-controller-manager --kubeconfig "$work/kubeconfig" --leader-elect=false --bind-address 127.0.0.1 \
        --secure-port "$manager" --cert-dir "$work/certificates" --service-account-private-key-file "$work/accounts.key"
    within 60 kubectl get serviceaccount default
}

stop_control_plane() {
    local pid
    for pid in "${servers[@]}"; do kill "$pid" 2>/dev/null; done
    for pid in "${servers[@]}"; do wait "$pid" 2>/dev/null; done
    return 0
}
