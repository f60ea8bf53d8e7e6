# SPDX-License-Identifier: Apache-2.0
# Sourced by run: base images made where none can be pulled, and the images under test, all tagged $tag-NAME.

base_image=debian:trixie-slim
bookworm_packages=python3,python3-psycopg2
images=()

# The base image of the Dockerfile; where it cannot be pulled, ./dev's own Debian root is a debian:trixie too.
ensure_base_image() {
    docker image inspect "$base_image" >/dev/null 2>&1 && return
    timeout 120 docker pull -q "$base_image" >/dev/null 2>&1 && return
    echo "$base_image cannot be pulled: importing the build environment in its place"
    images+=("$base_image")
    ./dev --ensure-root && tar -C "$(./dev --root-path)" --one-file-system -c . | docker import - "$base_image" >/dev/null
}

# Debian 12 with an interpreter, as an archive beside ./dev's root: made once, by debootstrap, like that.
debian12_archive() {
    local folder
    folder=$(dirname -- "$(./dev --root-path)")
    echo "$folder/bookworm-$(echo "$bookworm_packages" | sha256sum | cut -c1-16).tar"
}

make_debian12() {
    local archive=$1 root=$1.root mirror
    mirror=$(awk '$1 == "deb" {print $2; exit}' "$(./dev --root-path)/etc/apt/sources.list" 2>/dev/null)
    command -v debootstrap >/dev/null || { apt-get -q update && apt-get -q install -y --no-install-recommends debootstrap; } || return 1
    rm -rf "$root"
    # shellcheck disable=SC2086
    debootstrap --variant=minbase --include="$bookworm_packages" bookworm "$root" $mirror || return 1
    tar -C "$root" --one-file-system --exclude='./var/cache/apt/archives/*.deb' --exclude='./var/lib/apt/lists/*' -cf "$archive.tmp" . &&
        mv "$archive.tmp" "$archive"
    local status=$?
    rm -rf "$root"
    return "$status"
}

import_debian12() {
    local archive
    archive=$(debian12_archive)
    mkdir -p "$(dirname -- "$archive")"
    (
        flock 9
        [ -e "$archive" ] || make_debian12 "$archive"
    ) 9>"$archive.lock" >"$work/debian12.log" 2>&1 || { tail -n 20 "$work/debian12.log"; return 1; }
    images+=("$tag-bookworm")
    docker import "$archive" "$tag-bookworm" >/dev/null
}

# build_image NAME [docker build options…] FOLDER: its output only where it fails.
build_image() {
    local name=$1 started=$SECONDS
    shift
    images+=("$tag-$name")
    if ! docker build --network host -t "$tag-$name" "$@" >"$work/build.log" 2>&1; then
        tail -n 60 "$work/build.log"
        return 1
    fi
    printf '  %s: %d s\n' "$name" $((SECONDS - started))
}

# The image that users copy from. HEADGATE_TEST_BINARY saves its build while one works on the cases.
build_headgate() {
    build_image toolchain --target toolchain . || return 1
    [ -n "${HEADGATE_TEST_BINARY:-}" ] || { build_image headgate .; return; }
    echo "  NOT the Dockerfile's own build: $HEADGATE_TEST_BINARY"
    mkdir -p "$work/prebuilt" && cp "$HEADGATE_TEST_BINARY" "$work/prebuilt/headgate" &&
        build_image headgate -f tests/container/app/prebuilt.Dockerfile "$work/prebuilt"
}

build_applications() {
    local app=tests/container/app
    local from=(--build-arg "headgate=$tag-headgate" --build-arg "scratch=$tag-scratch")
    build_image scratch --build-arg "headgate=$tag-headgate" --build-arg "toolchain=$tag-toolchain" -f $app/Dockerfile . &&
        build_image debian13 "${from[@]}" --build-arg "base=$tag-toolchain" -f $app/distribution.Dockerfile . &&
        build_image debian12 "${from[@]}" --build-arg "base=$tag-bookworm" -f $app/distribution.Dockerfile . &&
        build_image foreign --build-arg "base=$tag-debian12" -f $app/foreign.Dockerfile . &&
        build_image guestbook "${from[@]:0:2}" --build-arg "base=$tag-toolchain" examples/azure-app-service
}

remove_images() { [ ${#images[@]} = 0 ] || docker rmi -f "${images[@]}" >/dev/null 2>&1; }
