# shellcheck shell=bash
# What the scripts share. Sourced, never run.

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# A Rust toolchain that was just installed is often not on the PATH yet.
find_cargo() {
    local bin="${CARGO_HOME:-${HOME:-}/.cargo}/bin"
    if ! command -v cargo >/dev/null && [ -x "$bin/cargo" ]; then
        PATH="$bin:$PATH"
        export PATH
    fi
    command -v cargo >/dev/null ||
        fail "Hark needs a Rust toolchain, and there is no cargo here. Install one (rustup is the usual way), then start again."
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "This needs root for: $*. There is no sudo here; run that as root, then start again."
    fi
}

# install_packages NAME...: Debian packages, without the recommended ones.
install_packages() {
    command -v apt-get >/dev/null ||
        fail "Missing on this machine: $*. There is no apt-get here; install the same things your system's way, then start again."
    say "Installing Debian packages: $*"
    {
        as_root apt-get update -q &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
    } >&2 || fail "The packages could not be installed: $*. The lines above say why."
}

# Prints the folder of the newest PostgreSQL server, or returns 1.
find_postgres() {
    local dir initdb candidates
    # Debian keeps the server's programs off the PATH.
    mapfile -t candidates < <(printf '%s\n' /usr/lib/postgresql/*/bin | sort -Vr)
    candidates+=("$(pg_config --bindir 2>/dev/null || true)")
    initdb=$(command -v initdb || true)
    candidates+=("${initdb%/*}")
    for dir in "${candidates[@]}"; do
        # A folder may hold only the client of a newer version.
        if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
            printf '%s\n' "$dir"
            return 0
        fi
    done
    return 1
}

# find_chromium PACKAGE: prints the browser of this package, or the one that is used instead of it, or returns 1.
find_chromium() {
    local browser=${CHROMIUM:-/usr/bin/$1}
    [ -x "$browser" ] && printf '%s\n' "$browser"
}

# install_node FOLDER: the packages of its lock file, unless those are there already.
install_node() {
    local folder=$1
    command -v npm >/dev/null ||
        fail "The parts in web/ need Node with npm, and there is no npm here. web/package.json names the versions of Node that will do; install one, then start again."
    # npm writes the hidden file last, so it is not there after a failure.
    if [ ! "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then
        say "Installing the packages of $folder/."
        npm ci --prefix "$folder" --no-audit --no-fund >&2
    fi
}

# What builds the parts in web/.
set_up_web() {
    install_node web
}

# The published clients of Rocket.Chat that the tests of web/ run.
set_up_clients() {
    install_node web/tests/rocketchat
}

# Builds what the server hands out to browsers, unless nothing has changed since it did.
build_web() {
    set_up_web
    # Written at the end, so it is not there, or old, after a failure.
    if [ -n "$(find web/widget web/console web/reference web/shared web/package.json web/package-lock.json -newer web/dist/built -print -quit 2>/dev/null || true)" ] ||
        [ ! -e web/dist/built ]; then
        say "Building the parts in web/."
        npm --prefix web run --silent build >&2
        touch web/dist/built
    fi
}

# Installs the published packages with which the tests verify what webhooks send, unless those that
# are asked for are there already.
set_up_verifiers() {
    local folder=crates/hark-testkit/verifiers
    install_node "$folder"
    if [ ! "$folder/.venv/installed" -nt "$folder/requirements.txt" ]; then
        say "Installing the verifier of webhooks for Python."
        python3 -m venv --clear "$folder/.venv"
        "$folder/.venv/bin/pip" install -q --disable-pip-version-check --require-hashes \
            -r "$folder/requirements.txt" >&2
        touch "$folder/.venv/installed"
    fi
}

# Prints where `cargo build -p hark` leaves the program, from the root folder.
built_hark() {
    realpath -- "${CARGO_TARGET_DIR:-target}/debug/hark"
}

# supervise COMMAND...: runs it, hands signals on to it, returns its exit code.
# The caller's traps for HUP, INT and TERM are replaced.
supervise() {
    local child target input code=0 got=0
    # The command is told to stop if this script is killed outright.
    if command -v setpriv >/dev/null; then
        set -- setpriv --pdeathsig TERM -- "$@"
    fi
    if [ -t 0 ]; then
        # The command stays in our process group and so keeps the terminal,
        # which sends Ctrl-C to both of us: that one is not handed on.
        exec {input}<&0
        (
            trap - INT QUIT
            exec "$@"
        ) <&"$input" {input}<&- &
        child=$!
        target=$child
        exec {input}<&-
        trap 'got=130' INT
    else
        # A process group of its own, so that a signal reaches all of it.
        set -m
        "$@" &
        child=$!
        target=-$child
        set +m
        trap 'got=130; kill -INT -- "$target" 2>/dev/null || true' INT
    fi
    trap 'got=129; kill -HUP -- "$target" 2>/dev/null || true' HUP
    trap 'got=143; kill -TERM -- "$target" 2>/dev/null || true' TERM
    # `wait` returns early for each signal that arrives here.
    while :; do
        code=0
        wait "$child" 2>/dev/null || code=$?
        kill -0 "$child" 2>/dev/null || break
    done
    if [ "$got" -ne 0 ] && [ "$code" -eq 0 ]; then
        code=$got
    fi
    return "$code"
}
