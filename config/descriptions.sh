#!/usr/bin/env bash
# Fetches the long descriptions of Debian's packages, for the benchmark of search: each package's one line is a question, and
# its long text is what that question should find. Usage: config/descriptions.sh FILE
set -euo pipefail

target=$(realpath -m "${1:?Usage: config/descriptions.sh FILE}")
[ -f "$target" ] && exit 0
fail() { echo "descriptions.sh: $*" >&2; exit 1; }
command -v apt-get >/dev/null || fail "apt-get is needed"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A view of its own: the machine's package lists and status stay as they are.
mirror=$(apt-get indextargets --format '$(REPO_URI)|$(CODENAME)|$(ORIGIN)' | awk -F'|' '$3 == "Debian" && $2 !~ /-/ { print $1; exit }')
keyring=$(dpkg -L debian-archive-keyring | grep -m1 'debian-archive-keyring\.\(gpg\|pgp\)$')
[ -n "$mirror" ] || fail "apt knows no Debian mirror; run apt-get update"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
: >"$work/status"
echo "deb [signed-by=$keyring] $mirror bookworm main" >"$work/sources.list"
apt-get -q -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists" \
  -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root -o Acquire::Languages=en \
  -o Acquire::GzipIndexes=false update >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; fail "the package lists cannot be read"; }
found=("$work"/lists/*Translation-en)
[ -f "${found[0]}" ] || fail "the mirror has no descriptions in English"
mkdir -p "$(dirname "$target")"
mv "${found[0]}" "$target"
