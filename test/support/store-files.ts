/** The site behind the stores in test/testdata/store/: no path of its own in it, so that a store made elsewhere fits it. */
export const CONFIG = `watchdog: { name: vault-eu, state: ./state, listen: off }
manifest: ./manifest.yaml
connections:
  orders-pg: { probe: postgres, url: { env: ORDERS_PG_URL } }
  vault: { probe: file }
defaults: { sweep: 1s, inspect: 2s }
pagers: { hook: { type: webhook, url: { env: HOOK_URL } } }
routes: [{ pagers: [hook] }]
`;

export const MANIFEST = `schema: rollcall/manifest/v1
manifest: prod
version: 1
resources:
  - { id: orders-db, kind: postgres.database, connection: orders-pg, name: orders }
  - { id: orders-dumps, kind: file.backups, connection: vault, path: /srv/nothing/orders/*.dump, expect: { min_count: 7 } }
  - { id: data-volume, kind: file.volume, connection: vault, path: /srv/nothing/data, expect: { mounted: true } }
`;
