const LONGEST = 80;

/**
 * Makes ids out of names from outside: letters, digits, ".", "_" and "-", at most 80 of them, none twice. `taken`: ids that others have.
 */
export function idMaker(taken: Iterable<string> = []): (name: string) => string {
  const used = new Set(taken);
  return (name) => {
    const plain = name
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .replace(/[^a-zA-Z0-9._-]+/g, '-')
      .replace(/^[^a-zA-Z0-9]+|[^a-zA-Z0-9]+$/g, '')
      .slice(0, LONGEST);
    const base = plain === '' ? 'unnamed' : plain;
    let id = base;
    for (let nth = 2; used.has(id); nth++) id = `${base.slice(0, LONGEST - 8)}-${nth}`;
    used.add(id);
    return id;
  };
}
