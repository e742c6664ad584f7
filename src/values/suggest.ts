/** Edits (insert, delete, substitute, swap of neighbours) between two words: the optimal string alignment distance. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((rows[i - 1]?.[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (rows[i - 1]?.[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

/** The choice nearest to a mistyped word, or undefined where none is near enough (a third of its length, at least two edits). */
export function nearest(word: string, choices: Iterable<string>): string | undefined {
  let best: { choice: string; edits: number } | undefined;
  for (const choice of choices) {
    const edits = distance(word.slice(0, 64).toLowerCase(), choice.slice(0, 64).toLowerCase());
    if (edits <= Math.max(2, Math.floor(choice.length / 3)) && (!best || edits < best.edits)) best = { choice, edits };
  }
  return best?.choice;
}
