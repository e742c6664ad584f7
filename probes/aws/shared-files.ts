import { isAbsolute, join } from 'node:path';

/** Variables that name a file of the SDK's chain of credentials (https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html). */
const VARIABLES = [
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_CONFIG_FILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_CA_BUNDLE',
] as const;

/** Absolute paths of what the SDK looks for credentials in: what variables name, and `~/.aws`. */
export function sharedFiles(env: Readonly<Record<string, string | undefined>>): string[] {
  const home = env['HOME'];
  const named = VARIABLES.map((name) => env[name] ?? '');
  return [...named, ...(home === undefined ? [] : [join(home, '.aws')])].filter((path) => isAbsolute(path));
}
