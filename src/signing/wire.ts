/** What reads as nothing that SSH writes. The message is ours and quotes nothing. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** The largest number OpenSSH takes, in bytes (SSHBUF_MAX_BIGNUM: 16,384 bits). */
const LONGEST_NUMBER = 2048;

/** Reads the data types of RFC 4251 §5 from front to back; whatever does not fit throws `FormatError`. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  take(count: number): Buffer {
    if (count > this.#bytes.length - this.#at) throw new FormatError('ends too early');
    const taken = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return taken;
  }

  byte(): number {
    return this.take(1).readUInt8();
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  uint64(): bigint {
    return this.take(8).readBigUInt64BE();
  }

  string(): Buffer {
    return this.take(this.uint32());
  }

  /** A string as text. As OpenSSH has it: one NUL may end it, none may stand inside. */
  text(): string {
    const bytes = this.string();
    const end = bytes.indexOf(0);
    if (end >= 0 && end < bytes.length - 1) throw new FormatError('has a NUL inside a name');
    // latin1: every byte is a character of its own, so that what differs in bytes differs as text.
    return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
  }

  /** A number that is not negative, without leading zeros. */
  number(): Buffer {
    const bytes = this.string();
    if ((bytes[0] ?? 0) >= 0x80) throw new FormatError('has a negative number');
    const start = bytes.findIndex((byte) => byte !== 0);
    const number = start < 0 ? bytes.subarray(0, 0) : bytes.subarray(start);
    if (bytes.length > LONGEST_NUMBER + 1 || number.length > LONGEST_NUMBER) throw new FormatError('has a number that is too large');
    return number;
  }

  /** How many bytes have been read. */
  get position(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Nothing may be left. */
  end(): void {
    if (!this.isAtEnd) throw new FormatError('has something after its end');
  }
}

/** A string as RFC 4251 writes it: its length, then its bytes. */
export function wireString(bytes: Uint8Array | string): Buffer {
  const content = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** A number as RFC 4251 writes it; `bytes` without leading zeros. */
export function wireNumber(bytes: Uint8Array): Buffer {
  return wireString((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}
