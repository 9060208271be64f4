// Logs and metrics of the gateway, listened to: nothing of a call's content may stand in them, and
// some events are bugs wherever they turn up.
import type { Sink } from '@signalbox/contract';
import type { LogEvent } from '@signalbox/ports';
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

export type Listening = {
  readonly trace: Trace;
  readonly report: Report;
  /** What is written of an event: the line of the real log, or everything that it was told. */
  readonly lineOf: (event: LogEvent) => string;
  /** Told of every line, and of the labels of every metric. */
  readonly onLine: ((line: string) => void) | undefined;
};

export function listeningSink({ trace, report, lineOf, onLine }: Listening): Sink {
  const check = (where: string, text: string): void => {
    if (SECRETS.test(text)) report('nothing-told', `${where} tells ${text.slice(0, 200)}`);
  };
  const measured = (metric: string, labels: Readonly<Record<string, string>>): void => {
    const text = Object.values(labels).join(' ');
    onLine?.(text);
    check(`the metric ${metric}`, text);
  };
  return {
    log(level, event, fields) {
      const text = lineOf({ at: 0, level, event, fields });
      onLine?.(text);
      check(`the log event ${event}`, text);
      trace.note(`log ${level} ${event} ${text}`);
      if (BUGS.has(event)) report('no-bug', `${event} ${text}`, String(fields['request'] ?? ''));
    },
    count: (metric, labels) => measured(metric, labels),
    observe: (metric, labels) => measured(metric, labels),
  };
}
