# rollcall as a container: Node and the app, nothing else; no shell, no package manager, no root.
#
#   docker build --tag rollcall .
#   docker run --read-only --cap-drop=ALL --security-opt=no-new-privileges \
#     --volume ./rollcall:/etc/rollcall:ro --volume rollcall-state:/var/lib/rollcall rollcall
#
# An empty state under a manifest already in use pages: keep /var/lib/rollcall on a volume that lasts, and back it up (docs/deploy/container.md).
# No secret belongs into a build argument, the environment or a layer: secrets are files, mounted (CREDENTIALS_DIRECTORY).
# Any image with Node >= 24.11, npm and glibc will do; pin it by the digest that you have verified.
ARG NODE_IMAGE=node:26-slim
FROM ${NODE_IMAGE} AS build
WORKDIR /rootfs/app
COPY package.json package-lock.json .npmrc ./
# No production dependency has an install script (a test holds that), so none may run.
RUN npm ci --omit=dev --ignore-scripts
COPY src ./src
COPY probes ./probes
COPY config.example.yaml manifest.example.yaml LICENSE ./
# Node, the libraries it is linked to, and the few files that a resolver and a user need.
RUN set -eu; cd /rootfs; \
  node=$(readlink -f "$(command -v node)"); \
  mkdir -p usr/local/bin etc/rollcall etc/ssl/certs; mkdir -m 1777 tmp; mkdir -p /state/rollcall; \
  cp "$node" usr/local/bin/node; \
  ldd "$node" | grep -o '/[^ ]*' | while read -r library; do mkdir -p ".${library%/*}"; cp -L "$library" ".$library"; done; \
  if [ -f /etc/ssl/certs/ca-certificates.crt ]; then cp -L /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/; fi; \
  echo 'rollcall:x:65532:65532::/var/lib/rollcall:/sbin/nologin' >etc/passwd; \
  echo 'rollcall:x:65532:' >etc/group; \
  echo 'hosts: files dns' >etc/nsswitch.conf
# What all of that is, as CycloneDX: /app/sbom.cdx.json. It is made of the lock file, which the image then does not hold.
COPY scripts/sbom.ts /sbom.ts
RUN node /sbom.ts sbom.cdx.json /rootfs && rm .npmrc package-lock.json

FROM scratch
COPY --from=build /rootfs /
# The owner is set on what is copied, not on the folder that it is copied to.
COPY --from=build --chown=65532:65532 /state /var/lib
USER 65532:65532
WORKDIR /etc/rollcall
ENV PATH=/usr/local/bin STATE_DIRECTORY=/var/lib/rollcall
VOLUME /var/lib/rollcall
# Asks the process whether it lives, not whether all is well: whoever restarts a watcher because a database is gone, or because its state was
# empty, takes its voice. That the state was empty it pages itself. For another `listen`, or none, give your own --health-cmd or --no-healthcheck.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:7878/healthz').then((r) => { process.exitCode = r.ok ? 0 : 1 }, () => { process.exitCode = 1 })"]
ENTRYPOINT ["node", "--optimize-for-size", "--min-semi-space-size=4", "--max-semi-space-size=4", "--no-parallel-scavenge", "/app/src/cli.ts"]
CMD ["watch"]
