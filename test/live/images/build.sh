#!/usr/bin/env bash
# Makes the tree of a Debian that can be booted, and of it the two images that the container suite starts from, where no image
# registry can be reached: PostgreSQL 15 from Debian's own packages, and a Debian with Node and npm to build our Dockerfile on.
# Needs root, debootstrap and a Docker engine that answers.
#   test/live/images/build.sh WORK_FOLDER
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$1
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
# The mirror that apt itself is configured with.
mirror=$(apt-get indextargets --format '$(CREATED_BY) $(RELEASE) $(REPO_URI)' | awk -v suite="$suite" '$1 == "Packages" && $2 == suite { print $3; exit }')

tree=$work/debian
mkdir -p "$tree"
debootstrap --variant=minbase --include=postgresql-15,libstdc++6,libatomic1,systemd-sysv,dbus "$suite" "$tree" ${mirror:+"$mirror"} >"$work/debootstrap.log" 2>&1 ||
  { tail -20 "$work/debootstrap.log"; exit 1; }
install -m 0755 "$here/postgres-entrypoint.sh" "$tree/usr/local/bin/entrypoint"
tar -C "$tree" --exclude=./var/cache/apt/* --exclude=./usr/share/doc/* --exclude=./var/lib/apt/lists/* -c . |
  docker import \
    --change 'ENTRYPOINT ["/usr/local/bin/entrypoint"]' \
    --change 'CMD ["postgres"]' \
    --change 'ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' \
    --change 'EXPOSE 5432' \
    - rollcall-stand-in/postgres:15

# The same Debian with the Node that package.json pins and the npm of this machine.
context=$work/node
mkdir -p "$context/npm"
cp "$(readlink -f "$root/node_modules/node/bin/node")" "$context/node"
cp -a "$(npm root --global)/npm/." "$context/npm/"
# Whatever authorities this machine trusts when it asks the package registry, the build must trust too.
cat "${NODE_EXTRA_CA_CERTS:-/dev/null}" >"$context/authorities.pem"
cat >"$context/Dockerfile" <<'END'
FROM rollcall-stand-in/postgres:15
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY authorities.pem /etc/authorities.pem
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ENV NODE_EXTRA_CA_CERTS=/etc/authorities.pem
ENTRYPOINT []
CMD ["node"]
END
DOCKER_BUILDKIT=0 docker build --quiet --tag rollcall-stand-in/node:26 "$context"
