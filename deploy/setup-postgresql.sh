#!/usr/bin/env bash
# Makes a bare Debian machine a database server for Howdah. It may be run again at any time: data and password are kept.
set -euo pipefail

database=howdah
user=howdah
schema=howdah
cluster=main
version=
port=5432
listen=localhost
allowed=()
tls_names=()
tls=no
pgvector=auto
data_directory=
memory_mb=
configuration=/etc/howdah
owner=root
howdah=
migrate=yes
dry_run=no

# What Howdah works with.
version_min=15
version_max=18

usage() {
  cat <<'TEXT'
Usage: setup-postgresql.sh [OPTIONS]

Installs PostgreSQL if need be, makes a cluster with checksums, a role without privileges, its database and
schema, the extensions, settings that fit the memory, and runs Howdah's migrations. Needs root and Debian
(or what is made of it). It asks nothing.

  --database NAME        database (default howdah)
  --user NAME            role that Howdah logs in as (default howdah)
  --schema NAME          schema that the role owns (default howdah)
  --cluster NAME         Debian's name of the cluster (default main); made if it is not there
  --version N            major version, 15 to 18 (default: that of an existing cluster, else apt's newest)
  --port N               port of a cluster that is made (default 5432)
  --data-directory DIR   data of a cluster that is made (default: Debian's place)
  --listen ADDRESSES     where it listens, as in listen_addresses (default localhost)
  --allow NETWORK        network whose hosts may log in, over TLS only; may be repeated; needs --listen
  --tls NAME             makes a certificate for this host name or address; may be repeated
  --pgvector WHEN        auto (if apt has it), yes (else from Debian's sources) or no (default auto)
  --memory MB            memory to reckon with (default: what the machine has)
  --config-directory DIR where credentials/postgres-password and postgresql.env are kept (default /etc/howdah)
  --owner USER           system user who may read the password (default root)
  --howdah PROGRAM       runs the migrations (default: howdah on the path, or /opt/howdah/bin/howdah)
  --no-migrate           leaves the migrations to the first start of the server
  --dry-run              prints what would be done, and does nothing
  --help                 prints this

The password is generated, unless the file is there already; it is printed once, when it is generated.
Run again, it brings everything to what the options say: --listen and --allow that are not said again go
back to this machine only. Data, password and certificate stay.
TEXT
}

fail() { echo "setup-postgresql.sh: $*" >&2; exit 1; }
wrong() { echo "setup-postgresql.sh: $*; see --help" >&2; exit 2; }
say() { echo "setup-postgresql.sh: $*"; }

# Everything that changes the machine goes through here or through install_file.
run() {
  if [ "$dry_run" = yes ]; then echo "would run: $*"; else "$@"; fi
}

as_postgres() { (cd / && runuser -u postgres -- "$@"); }

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --help) usage; exit 0 ;;
      --dry-run) dry_run=yes; shift; continue ;;
      --no-migrate) migrate=no; shift; continue ;;
      --database | --user | --schema | --cluster | --version | --port | --data-directory | --listen | --allow | --tls \
        | --pgvector | --memory | --config-directory | --owner | --howdah) ;;
      *) wrong "there is no option $1" ;;
    esac
    if [ $# -lt 2 ] || [ -z "$2" ]; then wrong "$1 needs a value"; fi
    case $1 in
      --database) database=$2 ;;
      --user) user=$2 ;;
      --schema) schema=$2 ;;
      --cluster) cluster=$2 ;;
      --version) version=$2 ;;
      --port) port=$2 ;;
      --data-directory) data_directory=$2 ;;
      --listen) listen=$2 ;;
      --allow) allowed+=("$2") ;;
      --tls) tls=yes; tls_names+=("$2") ;;
      --pgvector) pgvector=$2 ;;
      --memory) memory_mb=$2 ;;
      --config-directory) configuration=$2 ;;
      --owner) owner=$2 ;;
      --howdah) howdah=$2 ;;
    esac
    shift 2
  done
}

is_supported() { [[ $version =~ ^[0-9]{2}$ ]] && [ "$version" -ge $version_min ] && [ "$version" -le $version_max ]; }

# What is glued into files or statements below is checked here.
check_options() {
  local name='^[a-z_][a-z0-9_]{0,62}$' number='^[0-9]{1,7}$' value
  for value in "$database" "$user" "$schema"; do
    [[ $value =~ $name ]] || wrong "\"$value\" is no plain name; use lower-case letters, digits and _"
  done
  [ "$user" != postgres ] || wrong "--user postgres is the superuser; choose another name"
  [[ $cluster =~ ^[A-Za-z0-9_]{1,63}$ ]] || wrong "--cluster \"$cluster\" is no plain name"
  if ! [[ $port =~ $number ]] || [ "$port" -lt 1 ] || [ "$port" -gt 65535 ]; then wrong "--port $port is not 1 to 65535"; fi
  [ -z "$version" ] || is_supported || wrong "--version $version is not $version_min to $version_max"
  [ -z "$memory_mb" ] || { [[ $memory_mb =~ $number ]] && [ "$memory_mb" -ge 256 ]; } || wrong "--memory $memory_mb is not 256 or more"
  [[ $pgvector =~ ^(auto|yes|no)$ ]] || wrong "--pgvector $pgvector is not auto, yes or no"
  [[ $listen =~ ^[A-Za-z0-9.:*,_-]+$ ]] || wrong "--listen \"$listen\" is no list of addresses"
  for value in "${allowed[@]}"; do
    [[ $value =~ ^[0-9a-fA-F.:]+/[0-9]{1,3}$ ]] || wrong "--allow \"$value\" is no network such as 10.8.0.0/28"
    [[ ! $value =~ /0+$ ]] || wrong "--allow $value is everybody; name the network of Howdah's servers"
    [ "$listen" != localhost ] || wrong "--allow $value has no effect while --listen is localhost"
  done
  for value in "${tls_names[@]}"; do
    [[ $value =~ ^[A-Za-z0-9.:-]{1,253}$ ]] || wrong "--tls \"$value\" is no host name or address"
  done
  if [ "$dry_run" = no ]; then
    [ "$(id -u)" = 0 ] || fail "it installs packages and writes to /etc; run it as root"
    command -v apt-get >/dev/null || fail "apt-get was not found; this script is for Debian"
    id "$owner" >/dev/null 2>&1 || wrong "--owner $owner is no user of this machine"
  fi
}

# Writes its input to a file in one step, unless that is what it holds; says by its status whether it wrote.
# Usage: install_file PATH MODE OWNER
install_file() {
  local path=$1 new
  if [ "$dry_run" = yes ]; then
    cat >/dev/null
    echo "would write: $path"
    return 0
  fi
  new=$(mktemp "$path.XXXXXX")
  cat >"$new"
  if [ -f "$path" ] && cmp -s "$new" "$path"; then
    rm "$new"
    return 1
  fi
  chown "$3" "$new"
  chmod "$2" "$new"
  mv "$new" "$path"
}

newest_of_apt() {
  apt-cache --names-only search '^postgresql-[0-9]+$' | sed -n 's/^postgresql-\([0-9]*\) .*/\1/p' \
    | awk -v max="$version_max" '$1 <= max' | sort -n | tail -1
}

# Lines of pg_lsclusters are: version name port status owner data log.
existing_version() {
  if command -v pg_lsclusters >/dev/null; then pg_lsclusters -h | awk -v name="$cluster" '$2 == name { print $1 }' | sort -n | tail -1; fi
}

cluster_field() {
  pg_lsclusters -h 2>/dev/null | awk -v v="$version" -v n="$cluster" -v field="$1" '$1 == v && $2 == n { print $field }'
}

install_packages() {
  local missing=() package habit=/etc/postgresql-common/createcluster.d/howdah.conf
  export DEBIAN_FRONTEND=noninteractive
  [ -n "$version" ] || version=$(existing_version)
  if [ -z "$version" ]; then
    [ -n "$(newest_of_apt)" ] || run apt-get update -q
    version=$(newest_of_apt)
    [ -n "$version" ] || { [ "$dry_run" = yes ] && version=$version_min; } || fail "apt knows no PostgreSQL"
  fi
  is_supported || fail "there is PostgreSQL $version, and $version_min to $version_max is needed; configure the list of the PostgreSQL project"
  for package in "postgresql-$version" openssl; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    # The package would make a cluster of its own, without checksums and where it likes.
    run mkdir -p "$(dirname "$habit")"
    echo 'create_main_cluster = false' | install_file "$habit" 644 root || true
    run apt-get update -q
    run apt-get install -y -q --no-install-recommends "${missing[@]}"
  fi
  # Also where an earlier run was interrupted before it came here.
  if [ -f "$habit" ]; then run rm "$habit"; fi
}

make_cluster() {
  if [ "$dry_run" = yes ] && ! command -v pg_lsclusters >/dev/null; then
    echo "would run: pg_createcluster $version $cluster"
    return
  fi
  if [ -z "$(cluster_field 1)" ]; then
    local data=()
    [ -z "$data_directory" ] || data=(--datadir "$data_directory")
    # Told how hosts log in, initdb would trust the socket unless told that, too.
    run pg_createcluster "$version" "$cluster" --port "$port" "${data[@]}" -- --data-checksums --auth-local=peer \
      --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
  fi
  if [ "$dry_run" = no ]; then
    if [ "$(cluster_field 3)" != "$port" ]; then say "the cluster $cluster is at port $(cluster_field 3), and stays there"; fi
    port=$(cluster_field 3)
    [ -f "$(cluster_field 6)/global/pg_control" ] || fail "the cluster $cluster has no data in $(cluster_field 6); if their disk is not \
mounted, mount it; if it was interrupted while it was made, remove it with: pg_dropcluster $version $cluster"
  fi
}

settings() {
  local mb=${memory_mb:-$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)} shared maintenance
  shared=$((mb / 4))
  [ "$shared" -le 16384 ] || shared=16384
  maintenance=$((mb / 16))
  [ "$maintenance" -le 2048 ] || maintenance=2048
  [ "$maintenance" -ge 64 ] || maintenance=64
  cat <<TEXT
# Written by setup-postgresql.sh for $mb MB of memory; it writes it anew when it is run again. What is to stay goes
# to a file that sorts after this one.
listen_addresses = '$listen'
password_encryption = scram-sha-256
max_connections = 200
shared_buffers = ${shared}MB
effective_cache_size = $((mb * 3 / 4))MB
maintenance_work_mem = ${maintenance}MB
work_mem = $((mb / 400 < 4 ? 4 : mb / 400))MB
random_page_cost = 1.1
effective_io_concurrency = 200
wal_compression = on
max_wal_size = 4GB
checkpoint_timeout = 15min
checkpoint_completion_target = 0.9
shared_preload_libraries = '$(preloaded)'
pg_stat_statements.max = 5000
track_io_timing = on
log_min_duration_statement = 1s
log_lock_waits = on
log_checkpoints = on
# A queue lives on small dead tuples that are removed at once, and dies of transactions that stay open.
autovacuum_max_workers = 4
autovacuum_naptime = 15s
autovacuum_vacuum_cost_limit = 1000
idle_in_transaction_session_timeout = 10min
tcp_keepalives_idle = 60
tcp_keepalives_interval = 10
tcp_keepalives_count = 3
TEXT
  # Once there is a certificate it is used, also when --tls is not said again.
  if [ "$tls" = yes ] || [ -f "$(certificate).crt" ]; then
    cat <<TEXT
ssl = on
ssl_cert_file = '$(certificate).crt'
ssl_key_file = '$(certificate).key'
ssl_min_protocol_version = 'TLSv1.3'
TEXT
  fi
}

certificate() { echo "/etc/postgresql/$version/$cluster/howdah"; }

# The libraries that the cluster's own file names, and ours.
preloaded() {
  local file=/etc/postgresql/$version/$cluster/postgresql.conf others=
  [ ! -r "$file" ] || others=$(sed -n "s/^ *shared_preload_libraries *= *'\([^']*\)'.*/\1/p" "$file" | tail -1)
  case ",${others// /}," in
    *,pg_stat_statements,*) echo "$others" ;;
    ,,) echo pg_stat_statements ;;
    *) echo "$others,pg_stat_statements" ;;
  esac
}

# A certificate that signs itself is its own authority: clients verify with it as sslrootcert.
make_certificate() {
  [ "$tls" = yes ] || return 0
  local path name names=
  path=$(certificate)
  if [ -f "$path.key" ] && [ -f "$path.crt" ] && openssl x509 -in "$path.crt" -noout -checkend 2592000 >/dev/null; then return 0; fi
  for name in "${tls_names[@]}"; do
    case $name in
      *[!0-9.]*) case $name in *:*) names+=,IP:$name ;; *) names+=,DNS:$name ;; esac ;;
      *) names+=,IP:$name ;;
    esac
  done
  if [ "$dry_run" = yes ]; then echo "would make a certificate for ${tls_names[*]}: $path.crt"; return 0; fi
  (umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=${tls_names[0]}" \
    -addext "subjectAltName=${names#,}" -keyout "$path.key" -out "$path.crt" 2>/dev/null)
  chown postgres:postgres "$path.key" "$path.crt"
  chmod 600 "$path.key"
  chmod 644 "$path.crt"
  restart=yes
}

# Who may log in as the role: from this machine, from the allowed networks over TLS, and from nowhere else. The block
# comes first, because the first line that fits decides.
access() {
  local network
  echo "# howdah: begin; written by setup-postgresql.sh"
  echo "local   $database  $user                scram-sha-256"
  echo "host    $database  $user  127.0.0.1/32  scram-sha-256"
  echo "host    $database  $user  ::1/128       scram-sha-256"
  for network in "${allowed[@]}"; do echo "hostssl $database  $user  $network  scram-sha-256"; done
  echo "local   all  $user       reject"
  echo "host    all  $user  all  reject"
  echo "# howdah: end"
}

configure() {
  local place=/etc/postgresql/$version/$cluster
  restart=no
  if [ "$dry_run" = no ]; then mkdir -p "$place/conf.d"; fi
  make_certificate
  if settings | install_file "$place/conf.d/howdah.conf" 644 postgres; then restart=yes; fi
  if [ "$dry_run" = yes ]; then
    echo "would write: $place/pg_hba.conf"
    echo "would run: pg_ctlcluster $version $cluster restart"
    return
  fi
  { access; sed '/^# howdah: begin/,/^# howdah: end/d' "$place/pg_hba.conf"; } | install_file "$place/pg_hba.conf" 640 postgres:postgres || true
  if [ "$(cluster_field 4)" != online ]; then
    pg_ctlcluster "$version" "$cluster" start
  elif [ "$restart" = yes ]; then
    pg_ctlcluster "$version" "$cluster" restart
  else
    pg_ctlcluster "$version" "$cluster" reload
  fi
}

# pgvector of Debian 13's sources, built for the version that is installed.
build_pgvector() {
  local work mirror keyring apt
  apt-get install -y -q --no-install-recommends "postgresql-server-dev-$version" dpkg-dev gcc make libc6-dev
  work=$(mktemp -d)
  # A view of apt's of its own: the machine's lists and status stay as they are.
  mirror=$(apt-get indextargets --format "\$(REPO_URI)|\$(CODENAME)|\$(ORIGIN)" | awk -F'|' '$3 == "Debian" && $2 !~ /-/ { print $1; exit }')
  keyring=$(dpkg -L debian-archive-keyring | grep -m1 'debian-archive-keyring\.\(gpg\|pgp\)$')
  [ -n "$mirror" ] || fail "apt knows no Debian mirror"
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
  : >"$work/status"
  echo "deb-src [signed-by=$keyring] $mirror trixie main" >"$work/sources.list"
  apt=(-q -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
    -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
  (
    cd "$work"
    apt-get "${apt[@]}" update
    apt-get "${apt[@]}" source pgvector
    cd pgvector-*/
    # Without -march=native, so that the library also runs on another machine.
    make -s -j"$(nproc)" OPTFLAGS="" with_llvm=no PG_CONFIG="/usr/lib/postgresql/$version/bin/pg_config"
    make -s install with_llvm=no PG_CONFIG="/usr/lib/postgresql/$version/bin/pg_config"
  ) >"$work/log" 2>&1 || { tail -20 "$work/log" >&2; rm -rf "$work"; fail "pgvector could not be built"; }
  rm -rf "$work"
}

install_pgvector() {
  [ "$pgvector" != no ] || return 0
  [ ! -f "/usr/share/postgresql/$version/extension/vector.control" ] || return 0
  if [ -n "$(apt-cache --names-only search "^postgresql-$version-pgvector\$")" ]; then
    run apt-get install -y -q --no-install-recommends "postgresql-$version-pgvector"
  elif [ "$pgvector" = yes ]; then
    if [ "$dry_run" = yes ]; then echo "would build pgvector from Debian's sources"; else build_pgvector; fi
  else
    say "apt has no pgvector for PostgreSQL $version; vectors are searched without it (--pgvector yes builds it)"
  fi
}

password_file() { echo "$configuration/credentials/postgres-password"; }

make_password() {
  local file
  file=$(password_file)
  generated=
  if [ "$dry_run" = yes ]; then
    [ -s "$file" ] || echo "would write: $file"
    return 0
  fi
  mkdir -p "$configuration"
  [ -d "$configuration/credentials" ] || install -d -m 700 -o "$owner" "$configuration/credentials"
  if [ ! -s "$file" ]; then
    generated=$(openssl rand -hex 24)
    (umask 077 && printf '%s\n' "$generated" >"$file.new")
    mv "$file.new" "$file"
  fi
  chown "$owner" "$file"
  chmod 600 "$file"
}

# The superuser's session over the socket; statements come by standard input.
superuser() { as_postgres psql -X -q -v ON_ERROR_STOP=1 -h "$socket" -p "$port" -d "$1"; }

password_works() {
  # libpq reads it from a variable of this process alone; the command line shows nothing.
  PGPASSWORD=$(cat "$(password_file)") psql -X -q -h 127.0.0.1 -p "$port" -U "$user" -d "$database" -c 'SELECT 1' >/dev/null 2>&1
}

make_database() {
  if [ "$dry_run" = yes ]; then
    echo "would make the role $user, the database $database and the schema $schema"
    return
  fi
  socket=$(as_postgres psql -X -At -p "$port" -d postgres -c 'SHOW unix_socket_directories' | cut -d, -f1)
  superuser postgres <<SQL
SELECT 'CREATE ROLE $user' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$user') \gexec
ALTER ROLE $user LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
SELECT 'CREATE DATABASE $database' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$database') \gexec
REVOKE ALL ON DATABASE $database FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE $database TO $user;
SQL
  if ! password_works; then
    # In a session whose statements are neither logged nor kept by pg_stat_statements.
    superuser postgres <<SQL
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET pg_stat_statements.track_utility = off;
ALTER ROLE $user PASSWORD '$(cat "$(password_file)")';
SQL
    password_works || fail "the role $user cannot log in with the password of $(password_file); see the server's log"
  fi
  superuser "$database" <<SQL
SET client_min_messages = warning;
CREATE SCHEMA IF NOT EXISTS $schema AUTHORIZATION $user;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
SQL
  if [ "$pgvector" != no ] && [ -f "/usr/share/postgresql/$version/extension/vector.control" ]; then
    echo 'SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS vector;' | superuser "$database"
  fi
}

# For the services and for commands typed by hand; without the password.
write_details() {
  install_file "$configuration/postgresql.env" 644 root <<TEXT || true
# Written by setup-postgresql.sh. Settings of your own go to howdah.env beside it.
POSTGRES_HOST=127.0.0.1
POSTGRES_PORT=$port
POSTGRES_DB=$database
POSTGRES_USER=$user
POSTGRES_PASSWORD_FILE=$(password_file)
HOWDAH_DATABASE_SCHEMA=$schema
TEXT
}

run_migrations() {
  [ "$migrate" = yes ] || return 0
  if [ -z "$howdah" ]; then howdah=$(command -v howdah || true); fi
  if [ -z "$howdah" ] && [ -x /opt/howdah/bin/howdah ]; then howdah=/opt/howdah/bin/howdah; fi
  if [ -z "$howdah" ]; then
    say "howdah is not installed here, so its migrations were not run; the first start of the server runs them"
    return 0
  fi
  run env POSTGRES_HOST=127.0.0.1 POSTGRES_PORT="$port" POSTGRES_DB="$database" POSTGRES_USER="$user" \
    POSTGRES_PASSWORD_FILE="$(password_file)" HOWDAH_DATABASE_SCHEMA="$schema" "$howdah" migrate up
}

print_details() {
  [ "$dry_run" = no ] || return 0
  echo
  echo "PostgreSQL $version, cluster $cluster, is ready:"
  echo "  address   $listen, port $port"
  echo "  database  $database, schema $schema"
  echo "  role      $user"
  echo "  password  $(password_file)"
  if [ -n "$generated" ]; then echo "            $generated (printed this once)"; fi
  if [ -f "$(certificate).crt" ]; then echo "  verify    $(certificate).crt, as sslrootcert with sslmode=verify-full"; fi
  echo "  settings  $configuration/postgresql.env"
  echo "  connect   PGPASSWORD=\$(cat $(password_file)) psql -h 127.0.0.1 -p $port -U $user $database"
}

read_options "$@"
check_options
install_packages
make_cluster
install_pgvector
configure
make_password
make_database
write_details
run_migrations
print_details
