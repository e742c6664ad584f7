import { Document, isMap, type Node, type Pair, type Scalar } from 'yaml';
import { commentLine, printYaml } from './safe-yaml.ts';

/** A config.yaml as `init` writes it: plain values, in the form of the file. Secrets are references only. */
export interface DraftConfig {
  readonly watchdog: { readonly name: string };
  readonly manifest: string;
  readonly connections: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly pagers: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly routes: readonly Readonly<Record<string, unknown>>[];
  readonly heartbeat?: Readonly<Record<string, unknown>>;
}

const NOTES: Readonly<Record<string, string>> = {
  watchdog: 'The watcher itself: state folder, status page and more are in config.example.yaml.',
  manifest: 'What must exist.',
  connections: 'How it reaches each provider. Secrets are references, never written here.',
  pagers: 'Who is told.',
  routes: 'Which page goes to whom; the first match wins.',
  heartbeat: "A dead man's switch elsewhere, which alarms when this watcher falls silent.",
};

/** The text of a config.yaml, with a word on each part. */
export function draftConfig(config: DraftConfig): string {
  const document = new Document(config);
  document.commentBefore = commentLine('The watcher, as rollcall init wrote it. It holds no secret, only references to secrets.');
  if (!isMap(document.contents)) return printYaml(document);
  for (const [nth, { key }] of (document.contents.items as Pair<Scalar<string>, Node>[]).entries()) {
    key.commentBefore = commentLine(NOTES[key.value] ?? '');
    key.spaceBefore = nth > 0;
  }
  return printYaml(document);
}
