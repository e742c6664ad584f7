/** What a simulated account is started with. */
export interface SimulatedAccount {
  readonly instances: number;
}

/** What it says at `GET /calls`. */
export interface AccountCalls {
  /** How many listings were read to their end, and in how many calls the last of them was. */
  readonly listings: number;
  readonly calls: number;
}

export const ACCOUNT = '111122223333';
