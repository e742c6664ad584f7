/** The text format of Prometheus, https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The head of a family of gauges; its samples follow it, all of them. `help` is a constant of ours: one line, without a backslash. */
export function gauge(name: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;
}

/** One sample. `labels` are written in their order. */
export function sample(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
}

/** What stands between the quotes of a label. */
export function escapeLabel(text: string): string {
  return /[\\"\n]/.test(text) ? text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`)) : text;
}
