#!/bin/sh
# Entrypoint of the stand-in PostgreSQL image: what the container suite needs of the official image's behaviour, and no more.
# POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB as there; anything after the command `postgres` goes to the server.
set -eu
PATH=/usr/lib/postgresql/15/bin:/usr/bin:/bin
PGDATA=/var/lib/postgresql/data
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
[ "${1:-postgres}" != postgres ] || shift $(($# > 0 ? 1 : 0))
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  install -d -o postgres -g postgres -m 0700 "$PGDATA"
  install -d -o postgres -g postgres /var/run/postgresql
  umask 077
  printf '%s' "${POSTGRES_PASSWORD:?}" >/tmp/password
  chown postgres /tmp/password
  setpriv --reuid=postgres --regid=postgres --clear-groups \
    initdb -D "$PGDATA" -U "$user" --pwfile=/tmp/password --auth=scram-sha-256 --no-sync --locale=C -E UTF8 >/dev/null
  rm /tmp/password
  [ "$database" = postgres ] || echo "create database \"$database\"" |
    setpriv --reuid=postgres --regid=postgres --clear-groups postgres --single -D "$PGDATA" postgres >/dev/null
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
fi
exec setpriv --reuid=postgres --regid=postgres --clear-groups postgres -D "$PGDATA" -c listen_addresses='*' -c fsync=off "$@"
