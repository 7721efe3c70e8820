#!/bin/sh
# Installs what the tests need on a Debian machine (Chromium, its driver, axe-core), then runs every check and every test.
set -eu
cd "$(dirname "$0")/.."

# Where cargo builds, so that the demo and the tests share the one cold build of the dependencies.
target="${CARGO_TARGET_DIR:-$PWD/target}"
tools="$target/test-tools"
mkdir -p "$tools"

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

packages=""
command -v chromium >/dev/null || packages="$packages chromium"
command -v chromedriver >/dev/null || packages="$packages chromium-driver"
command -v npm >/dev/null || packages="$packages npm"
command -v cc >/dev/null || packages="$packages gcc libc6-dev"
if [ -n "$packages" ]; then
    as_root apt-get update -q
    # shellcheck disable=SC2086 # one word a package
    DEBIAN_FRONTEND=noninteractive as_root apt-get install -q -y --no-install-recommends $packages
fi
if [ ! -f "$tools/node_modules/axe-core/axe.min.js" ]; then
    npm install --prefix "$tools" --no-save --no-fund --no-audit axe-core@4
fi
export AXE_CORE="$tools/node_modules/axe-core/axe.min.js"

step() {
    printf '\n== %s\n' "$*"
    "$@"
}
step cargo fmt --all --check
step cargo test --workspace --all-targets
step cargo test --workspace --doc
step cargo clippy --workspace --all-targets -- -D warnings
export RUSTDOCFLAGS="-D warnings"
step cargo doc --workspace --no-deps
