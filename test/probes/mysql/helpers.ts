import { mysql } from '../../../probes/mysql/index.ts';
import { ProbeWatcher } from '../../support/probe-watcher.ts';

export { word, words } from '../../support/probe-watcher.ts';

/** A watcher of one MySQL or MariaDB: a real link, and what is remembered between its looks. */
export class Watcher extends ProbeWatcher {
  /** `entries`: manifest entries of the kind, beyond the common keys, by id. `settings`: of the connection, beyond the url. */
  constructor(url: string, entries: Readonly<Record<string, object>>, settings: object = {}) {
    super({ probe: mysql, kind: 'mysql.database' }, url, entries, settings);
  }
}
