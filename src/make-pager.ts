import type { Writable } from 'node:stream';
import { createAlertmanagerPager } from './adapters/pager-alertmanager.ts';
import { createCommandPager } from './adapters/pager-command.ts';
import { createConsolePager } from './adapters/pager-console.ts';
import { createEmailPager } from './adapters/pager-email.ts';
import { createNtfyPager } from './adapters/pager-ntfy.ts';
import { createPagerDutyPager } from './adapters/pager-pagerduty.ts';
import { createSlackPager } from './adapters/pager-slack.ts';
import { createWebhookPager } from './adapters/pager-webhook.ts';
import type { PagerConfig } from './config/types.ts';
import type { Clock, Pager } from './ports.ts';
import type { Secret, SecretRef } from './values/secret.ts';

/** The pager that config.yaml describes. Nothing is contacted yet; secrets are read anew at each attempt. `out` is where the console pager writes. */
export function makePager(
  pager: PagerConfig,
  secret: (ref: SecretRef) => Promise<Secret>,
  context: { readonly out: Pick<Writable, 'write'> },
  clock: Clock,
): Pager {
  const { name } = pager;
  switch (pager.type) {
    case 'pagerduty': {
      const { rest } = pager;
      return createPagerDutyPager({
        name,
        routingKey: () => secret(pager.routingKey),
        endpoint: pager.endpoint,
        timeout: pager.timeout,
        clock,
        rest: rest && { apiKey: () => secret(rest.apiKey), endpoint: rest.endpoint },
      });
    }
    case 'slack':
      return createSlackPager({
        name,
        token: () => secret(pager.token),
        channel: pager.channel,
        endpoint: pager.endpoint,
        timeout: pager.timeout,
        clock,
      });
    case 'webhook': {
      const { url, timeout } = pager;
      const secrets = pager.secrets.map((ref) => () => secret(ref));
      return createWebhookPager({ name, url: refOrText(url, secret), secrets, timeout, clock });
    }
    case 'alertmanager': {
      const { urls, hold, timeout } = pager;
      return createAlertmanagerPager({ name, urls: urls.map((url) => refOrText(url, secret)), hold, timeout, clock });
    }
    case 'email': {
      const { host, port, tls, ca, auth, from, to, timeout } = pager;
      const login = auth && { user: auth.user, password: () => secret(auth.password) };
      return createEmailPager({ name, server: { host, port, tls }, ca, auth: login, from, to, timeout });
    }
    case 'ntfy': {
      const { server, topic, token, timeout } = pager;
      return createNtfyPager({ name, server, topic: refOrText(topic, secret), token: token && (() => secret(token)), timeout, clock });
    }
    case 'command': {
      const { program, args, timeout } = pager;
      return createCommandPager({ name, program, args, timeout });
    }
    case 'console':
      return createConsolePager({ name, out: context.out });
  }
}

/** A value in clear, or how to read the secret that holds it. */
export function refOrText(url: SecretRef | string, secret: (ref: SecretRef) => Promise<Secret>): string | (() => Promise<Secret>) {
  return typeof url === 'string' ? url : () => secret(url);
}
