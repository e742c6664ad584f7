/** What a token for the HTTP interface may be for. */
export const SCOPES = ['read', 'metrics', 'claim', 'request', 'grant'] as const;
export type Scope = (typeof SCOPES)[number];
