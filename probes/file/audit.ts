import { accessSync, constants, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import type { AuditReport, Placed, Reach, Strong } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { listFiles } from './files.ts';
import { splitPattern } from './glob.ts';
import type { AuditJob, FileTarget } from './job.ts';
import { filesystemIdentity, placeOf } from './mount.ts';
import { isNetwork } from './network.ts';
import { errorCode, refusal } from './refusal.ts';
import { shellWord } from '../../src/values/shell-word.ts';
import type { AgentIdentity } from './schema.ts';
import type { System } from './system.ts';

/** What an audit may find of an account, and a connection may accept. */
export const STRENGTHS = ['root', 'write'] as const;

/** Files that are asked of; what holds of a thousand holds of the rest. */
const MOST = 1000;
/** Of those that an agent may write to, the ones for which a command is printed. */
const MENDED = 50;

/** S_ISVTX (inode(7)). */
const STICKY = 0o1000;

interface Found {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** Whether this account, or an agent's, could destroy one target, and what it lies on. `uid`: the account's own. Never throws. */
export function auditOnce({ id, target, agents }: AuditJob, system: System, uid: number | undefined): AuditReport[] {
  try {
    const found = filesOf(target);
    return [
      ...ownStrengths(found, uid),
      ...agents.flatMap(({ name, is }) => reachOf(name, is as AgentIdentity, id, found, uid)),
      ...placesOf(id, found, system),
    ];
  } catch (error) {
    const say = clean(error instanceof Error ? error.message : String(error), 200);
    return [{ kind: 'unaudited', on: id, reason: refusal(error), say }];
  }
}

/** Every folder in which something can be deleted or from which the set can be moved away, and the files themselves. */
function filesOf(target: FileTarget): Found {
  if (target.is === 'volume') {
    const inside = [...target.contains, ...target.sentinels].map((name) => `${target.path}/${name}`);
    return { folders: upwards([target.path, ...inside.map((path) => dirname(path))]), files: inside };
  }
  const files = listFiles(target.pattern)
    .files.slice(0, MOST)
    .map(({ path }) => path);
  return { folders: upwards([splitPattern(target.pattern).folder, ...files.map((path) => dirname(path))]), files };
}

function upwards(folders: readonly string[]): string[] {
  const all = new Set<string>();
  for (const folder of folders) for (let at = folder; !all.has(at); at = dirname(at)) all.add(at);
  return [...all];
}

function ownStrengths({ folders, files }: Found, uid: number | undefined): Strong[] {
  if (uid === 0) {
    const fix = ['# run the watcher under an account of its own: rollcall grants prints the commands'];
    return [
      {
        kind: 'strong',
        right: 'root',
        on: 'this host',
        severity: 'critical',
        what: 'the watcher runs as root: it can delete every file of this host',
        fix,
      },
    ];
  }
  const open = [
    ...folders.filter((path) => isWritable(path, uid) && !keepsOthers(path, uid)),
    ...files.filter((path) => isWritable(path, uid)),
  ];
  const [first] = open;
  if (first === undefined) return [];
  const more = open.length > 1 ? ` and ${open.length - 1} more` : '';
  const what = clean(`the watcher's account may write to ${first}${more}, and so delete what it looks at`, 600);
  const fix = ['# mount it read-only for the watcher, or give it an account of its own: rollcall grants prints the commands'];
  return [{ kind: 'strong', right: 'write', on: clean(`${first}${more}`, 300), severity: 'critical', what, fix }];
}

/** Whoever owns a thing can give itself the right, unless it lies on what is mounted read-only. */
function isWritable(path: string, uid: number | undefined): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch (error) {
    return errorCode(error) === 'EACCES' && statSync(path, { throwIfNoEntry: false })?.uid === uid;
  }
}

/** A sticky folder: in it only the owner of a thing, or of the folder, deletes it. */
function keepsOthers(path: string, uid: number | undefined): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && (stat.mode & STICKY) !== 0 && stat.uid !== uid;
}

function reachOf(agent: string, is: AgentIdentity, id: string, { folders, files }: Found, own: number | undefined): AuditReport[] {
  const as = `uid ${is.uid} on this host`;
  const reach = (what: string, fix: readonly string[]): Reach => ({
    kind: 'reach',
    agent,
    as,
    ids: [id],
    right: 'write',
    what: clean(what, 600),
    fix,
  });
  const shared: AuditReport[] =
    is.uid === own
      ? [
          {
            kind: 'shared',
            agent,
            what: `uid ${is.uid} is the account that the watcher runs under`,
            fix: ['# rollcall grants prints the commands that make one of its own'],
          },
        ]
      : [];
  if (is.uid === 0) return [...shared, reach('is root: it can delete every file of this host', ['# let it run under another account'])];
  const open = [
    ...folders.filter((path) => mayWrite(is, path) && !keepsOthers(path, is.uid)),
    ...files.filter((path) => mayWrite(is, path)),
  ];
  const [first] = open;
  if (first === undefined) return shared;
  const more = open.length > 1 ? ` and ${open.length - 1} more` : '';
  const mended = open.slice(0, MENDED).map((path) => closing(is, path));
  const rest = open.length > MENDED ? [`# and so for the other ${open.length - MENDED}`] : [];
  return [...shared, reach(`may write to ${first}${more}, and so delete what is there`, [...mended, ...rest])];
}

/** By owner, group and mode; access lists are not among what Node tells. An owner can give itself the right. */
function mayWrite({ uid, gids }: AgentIdentity, path: string): boolean {
  const stat: Stats | undefined = statSync(path, { throwIfNoEntry: false });
  if (!stat) return false;
  return stat.uid === uid || ((stat.mode >> (gids.includes(stat.gid) ? 3 : 0)) & 2) !== 0;
}

/** What takes it from somebody who may write there. */
function closing({ uid }: AgentIdentity, path: string): string {
  const owns = statSync(path, { throwIfNoEntry: false })?.uid === uid;
  return `${owns ? `chown root -- ${shellWord(path)} && ` : ''}chmod go-w -- ${shellWord(path)}`;
}

function placesOf(id: string, { folders }: Found, system: System): Placed[] {
  const [folder = '/'] = folders;
  const { mount } = placeOf(folder, system);
  const { filesystem = '', device = '' } = filesystemIdentity(mount, system);
  const [server] = isNetwork(mount.type) ? mount.source.split(':') : [];
  const name = filesystem !== '' ? filesystem : device !== '' ? device : `${mount.type} ${mount.source} (device ${mount.device})`;
  const placed = (kind: 'host' | 'filesystem', what: string): Placed => ({
    kind: 'placed',
    ids: [id],
    plane: { kind, name: clean(what, 120) },
  });
  return [placed('host', server === undefined || server === '' ? 'this host' : server.toLowerCase()), placed('filesystem', name)];
}
