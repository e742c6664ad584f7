/** What a floor script is told to do, through its environment. */
export interface Task {
  readonly url: string;
  /** Where it posts what it noticed. */
  readonly post: string;
  readonly run: string;
  readonly everyMs: number;
  readonly databases: readonly string[];
}

export function readTask(): Task {
  return JSON.parse(process.env['BENCH_TASK'] ?? '{}') as Task;
}

export function ready(): void {
  process.stdout.write('{"ready":true}\n');
}

/** Tells the receiver that a database is gone. */
export async function tell({ post, run }: Task, name: string): Promise<void> {
  const body = JSON.stringify({ run, name });
  await fetch(post, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}
