/** What stores that speak a part of S3 answer to the rest of it: they have nothing of the kind. */
export function isUnimplemented(code: string): boolean {
  return /^(?:NotImplemented|XNotImplemented|MethodNotAllowed|NotSupported)$/.test(code);
}
