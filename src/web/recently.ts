/** Older than this it is asked anew, ms. */
const FRESH_MS = 500;

/** `read`, at most twice a second however many ask: what costs the daemon must not grow with its readers. */
export function recently<T>(read: () => T): () => T {
  let kept: { readonly value: T; readonly at: number } | undefined;
  return () => {
    const at = performance.now();
    if (!kept || at - kept.at >= FRESH_MS) kept = { value: read(), at };
    return kept.value;
  };
}
