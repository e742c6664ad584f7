/** Whether a sleep came to its end; false where it was broken off. */
export const rested = (sleep: Promise<void>): Promise<boolean> =>
  sleep.then(
    () => true,
    () => false,
  );
