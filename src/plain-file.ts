/** Files that somebody else may put other things in the place of: read whole and bounded, or not at all. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** Opening a pipe waits for whoever writes to it, unless it is said not to. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;
const CHUNK = 256 * 1024;

/** Why a file cannot be had, beside what the system says by a code of its own. */
export class UnfitFile extends Error {
  /** Reads like a code of the system, for those who print it as one. */
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/**
 * The bytes of a plain file, at most `largest`. What was opened is what is asked about, so that nothing can be swapped between; a pipe in its place, which
 * nobody writes to, is refused and not waited for. @throws UnfitFile, or what the system says.
 */
export async function readPlainFile(path: string, largest: number): Promise<Buffer> {
  const bytes = await readFirst(path, largest + 1);
  if (bytes.length > largest) throw new UnfitFile(`larger than ${largest} bytes`);
  return bytes;
}

/** The same, but of a larger file its first `most` bytes. */
export async function readFirst(path: string, most: number): Promise<Buffer> {
  const file = await open(path, FLAGS);
  try {
    if (!(await file.stat()).isFile()) throw new UnfitFile('no plain file');
    return await firstOf(file.createReadStream({ autoClose: false }), most);
  } finally {
    await file.close();
  }
}

/** The same as `readPlainFile` for whoever cannot wait for it to be read. @throws UnfitFile, or what the system says. */
export function readPlainFileSync(path: string, largest: number): Buffer {
  const file = openSync(path, FLAGS);
  try {
    if (!fstatSync(file).isFile()) throw new UnfitFile('no plain file');
    const chunks: Buffer[] = [];
    let size = 0;
    for (let read = -1; read !== 0 && size <= largest; size += read) {
      const chunk = Buffer.alloc(CHUNK);
      read = readSync(file, chunk);
      chunks.push(chunk.subarray(0, read));
    }
    if (size > largest) throw new UnfitFile(`larger than ${largest} bytes`);
    return Buffer.concat(chunks);
  } finally {
    closeSync(file);
  }
}

/** The first `most` bytes of what comes, which is then read no further. */
export async function firstOf(stream: AsyncIterable<Buffer>, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= most) break;
  }
  return Buffer.concat(chunks).subarray(0, most);
}
