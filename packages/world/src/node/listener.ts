// Logs and metrics of the gateway, listened to: nothing of a call's content may stand in them, and
// some events are bugs wherever they turn up.
import type { Sink } from '@signalbox/contract';
import type { Report } from '../facts.ts';
import type { Trace } from '../trace.ts';

/** Prompts, outputs, sessions, subjects, idempotency keys, keys of callers and of upstreams. */
export const SECRETS: RegExp = /canary|sbx_[a-z0-9]+_\w{12}_|upstreamsecret/i;

const BUGS: ReadonlySet<string> = new Set([
  'call-failed-closed',
  'exchange-failed',
  'journal.listener-failed',
  'journal.body-failed',
]);

export function listeningSink(trace: Trace, report: Report): Sink {
  const check = (where: string, text: string): void => {
    if (SECRETS.test(text)) report('nothing-told', `${where} tells ${text.slice(0, 200)}`);
  };
  return {
    log(level, event, fields) {
      const text = JSON.stringify(fields);
      check(`the log event ${event}`, text);
      trace.note(`log ${level} ${event} ${text}`);
      if (BUGS.has(event)) report('no-bug', `${event} ${text}`, String(fields['request'] ?? ''));
    },
    count: (metric, labels) => check(`the metric ${metric}`, Object.values(labels).join(' ')),
    observe: (metric, labels) => check(`the metric ${metric}`, Object.values(labels).join(' ')),
  };
}
