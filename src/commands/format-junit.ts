import { exitOf } from '../core/exit.ts';
import type { PrintedResource } from '../core/page.ts';
import { clean } from '../values/text.ts';
import type { CheckResult } from './check-result.ts';

const LONGEST = 10_000;

/** The check as a JUnit report: a loss or a breach is a failure, blindness is an error, as CI servers tell them apart. */
export function formatJunit(result: CheckResult): string {
  const bad = result.resources.filter((resource) => resource.verdict !== 'present');
  const errors = bad.filter((resource) => resource.verdict === 'blind').length;
  const seconds = (Date.parse(result.finished_at) - Date.parse(result.started_at)) / 1000;
  const head = `<testsuite name="rollcall ${escape(result.manifest.id)}" tests="${result.resources.length}" failures="${bad.length - errors}" errors="${errors}" time="${seconds}" timestamp="${result.started_at}">`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...result.resources.map(testCase), '</testsuite>', ''].join('\n');
}

function testCase(resource: PrintedResource): string {
  const open = `  <testcase name="${escape(resource.id)}" classname="${escape(resource.kind)}" time="${resource.duration_ms / 1000}"`;
  if (resource.verdict === 'present') return `${open}/>`;
  const tag = resource.verdict === 'blind' ? 'error' : 'failure';
  const severity = exitOf(resource) === 1 ? 'warning' : resource.severity;
  return `${open}><${tag} type="${resource.verdict}" message="${escape(resource.summary)}">${escape(`${severity}: ${JSON.stringify(resource.breaches)}`)}</${tag}></testcase>`;
}

/** Also rid of what XML 1.0 cannot hold at all, and of what would show a name as another in whatever prints the report. */
function escape(text: string): string {
  const legal = clean(text, LONGEST).replace(/[\ufffe\uffff]/g, '\ufffd');
  return legal.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
