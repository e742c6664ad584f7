import type { Question } from '../../probe.ts';

/** The pagers that `init` can set up: the rest stand in config.example.yaml. */
export const PAGERS = {
  pagerduty: {
    label: 'PagerDuty',
    questions: [{ key: 'routing_key', ask: "The integration's routing key (Events API v2)", answer: 'secret' }],
  },
  slack: {
    label: 'Slack',
    questions: [
      { key: 'token', ask: "The bot's token (chat:write)", answer: 'secret' },
      { key: 'channel', ask: "The channel's id", answer: 'text', example: 'C0123456789' },
    ],
  },
  ntfy: {
    label: 'ntfy',
    questions: [
      { key: 'server', ask: 'Where is it?', answer: 'text', example: 'https://ntfy.sh' },
      { key: 'topic', ask: 'The topic: where everybody may read, its name is the password', answer: 'secret' },
    ],
  },
  webhook: {
    label: 'a webhook (Standard Webhooks)',
    questions: [
      { key: 'url', ask: 'Its address', answer: 'secret', example: 'https://pages.internal/rollcall' },
      { key: 'secret', ask: 'Its signing secret (whsec_...), if it has one', answer: 'secret', optional: true },
    ],
  },
  console: { label: 'only the standard output of the daemon: nobody is woken', questions: [] },
} as const satisfies Readonly<Record<string, { readonly label: string; readonly questions: readonly Question[] }>>;

export type PagerType = keyof typeof PAGERS;
