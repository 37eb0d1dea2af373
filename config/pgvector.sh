#!/usr/bin/env bash
# Builds pgvector for the embedded PostgreSQL 17, for the tests and benchmarks that need it: Debian's source package,
# compiled against the headers of Debian's PostgreSQL 17, of which nothing is installed. Usage: config/pgvector.sh DIRECTORY
# Afterwards DIRECTORY holds lib/postgresql and share/postgresql/extension, as PostgreSQL's own tree has them.
set -euo pipefail

target=$(realpath -m "${1:?Usage: config/pgvector.sh DIRECTORY}")
[ -f "$target/lib/postgresql/vector.so" ] && exit 0
fail() { echo "pgvector.sh: $*" >&2; exit 1; }
for tool in apt-get dpkg-deb dpkg-source gcc; do
  command -v "$tool" >/dev/null || fail "$tool is needed (Debian: apt-get install dpkg-dev gcc)"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A view of Debian 13 of its own: the machine's package lists and status stay as they are.
mirror=$(apt-get indextargets --format '$(REPO_URI)|$(CODENAME)|$(ORIGIN)' | awk -F'|' '$3 == "Debian" && $2 !~ /-/ { print $1; exit }')
keyring=$(dpkg -L debian-archive-keyring | grep -m1 'debian-archive-keyring\.\(gpg\|pgp\)$')
[ -n "$mirror" ] || fail "apt knows no Debian mirror; run apt-get update"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
: >"$work/status"
for kind in deb deb-src; do echo "$kind [signed-by=$keyring] $mirror trixie main"; done >"$work/sources.list"
apt=(-q -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
  -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
cd "$work"
apt-get "${apt[@]}" update >apt.log 2>&1 || { cat apt.log >&2; fail "Debian 13's package lists cannot be read"; }
apt-get "${apt[@]}" download postgresql-server-dev-17 >>apt.log 2>&1 || { cat apt.log >&2; fail "the headers cannot be had"; }
apt-get "${apt[@]}" source pgvector >>apt.log 2>&1 || { cat apt.log >&2; fail "the sources cannot be had"; }
dpkg-deb -x postgresql-server-dev-17_*.deb headers
include=$work/headers/usr/include/postgresql/17/server
cd pgvector-*/
version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" vector.control)
for source in src/*.c; do
  gcc -O2 -ftree-vectorize -fassociative-math -fno-signed-zeros -fno-trapping-math -fno-strict-aliasing -fwrapv -fPIC \
    -Isrc -I"$include" -c "$source" -o "${source%.c}.o" &
  [ "$(jobs -r | wc -l)" -lt "$(nproc)" ] || wait -n
done
wait
mkdir -p "$work/out/lib/postgresql" "$work/out/share/postgresql/extension"
gcc -shared -o "$work/out/lib/postgresql/vector.so" src/*.o -lm
cp vector.control "$work/out/share/postgresql/extension/"
cp sql/vector.sql "$work/out/share/postgresql/extension/vector--$version.sql"
mkdir -p "$(dirname "$target")"
rm -rf "$target"
mv "$work/out" "$target"
echo "pgvector $version is in $target"
