import { POSTGRES_VERSIONS } from '../support/postgres.ts';
import { holdTable } from '../truth/hold-table.ts';

// The newest is held by the suite itself. The rows of version 15 that need its client programs take Debian's postgresql-15.
for (const version of POSTGRES_VERSIONS) if (version !== 18) holdTable(version);
