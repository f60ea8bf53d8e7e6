# SPDX-License-Identifier: Apache-2.0
# Sourced by run: every case of matrix_cases.sh in every image. The images' rows run side by side, the cases of a row
# one after the other; a case that fails shows its containers' logs.

matrix_images=(scratch debian12 debian13 foreign)
declare -A image_title=(
    [scratch]="from scratch" [debian12]="Debian 12" [debian13]="Debian 13" [foreign]="foreign modules"
)

# is_meant IMAGE CASE: the few cells that cannot be.
is_meant() {
    case "$1 $2" in
        # An image from scratch has no Python; the foreign one's cannot even load its OpenSSL.
        "scratch own_server" | "foreign own_server") false ;;
    esac
}

# run_cell IMAGE CASE: 0 and nothing else where it passed.
run_cell() {
    local name=$1-$2 database=$1_$2 status=0
    new_database "$database" && "case_$2" "$1" "$name" "$database" && keeps_secrets "$name" || status=1
    [ "$status" = 0 ] || show_logs "$name"
    remove_containers "$name"
    return "$status"
}

run_row() {
    local image=$1 first_port=$2 name
    for name in "${matrix_cases[@]}"; do
        is_meant "$image" "$name" || continue
        local started=$SECONDS status=0
        run_cell "$image" "$name" >"$work/cells/$image.$name.log" 2>&1 || status=1
        echo "$status $((SECONDS - started))" >"$work/cells/$image.$name"
    done
}

cell_passed() { [ "$(cut -d ' ' -f 1 "$work/cells/$1.$2" 2>/dev/null)" = 0 ] || { cat "$work/cells/$1.$2.log"; return 1; }; }

report_row() {
    local image=$1 name
    for name in "${matrix_cases[@]}"; do
        is_meant "$image" "$name" || continue
        check "${image_title[$image]}: ${case_title[$name]}" cell_passed "$image" "$name"
    done
}

print_cell() {
    local status seconds
    read -r status seconds <"$work/cells/$1.$2" || { printf ' %-16s' "-"; return; }
    [ "$status" = 0 ] && printf ' %-16s' "ok, $seconds s" || printf ' %-16s' "FAILED"
} 2>/dev/null

print_matrix() {
    local image name
    title "image x case"
    printf '%-62s' ""
    for image in "${matrix_images[@]}"; do printf ' %-16s' "${image_title[$image]}"; done
    for name in "${matrix_cases[@]}"; do
        printf '\n%-62s' "${case_title[$name]}"
        for image in "${matrix_images[@]}"; do print_cell "$image" "$name"; done
    done
    printf '\nthe most memory that a container of 32 MB had, page cache and server included: %s\n' "$(sort -n "$work"/peak.* 2>/dev/null | tail -n 1)"
}

run_matrix() {
    local image rows=() first_port=20000
    title "every case in every image"
    mkdir -p "$work/cells"
    for image in "${matrix_images[@]}"; do
        run_row "$image" $((first_port += 2000)) &
        rows+=($!)
    done
    wait "${rows[@]}"
    for image in "${matrix_images[@]}"; do report_row "$image"; done
    print_matrix
}
