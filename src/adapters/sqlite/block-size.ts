/**
 * So many entries make a block, whose root is kept: a proof over a million entries then reads two blocks and not all. A block is also what goes into one archive,
 * so that its root stays in the store when its rows are gone. A power of two, and never changed: archives in the field have this size.
 */
export const BLOCK = 1024;
