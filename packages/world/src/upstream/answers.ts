// What model servers say: whole answers and streams of every operation, with words that must not
// turn up anywhere but at the caller.
import type { SpokenOperation } from '@signalbox/contract';
import { encode } from '@signalbox/dialect';

export type Told = {
  readonly operation: SpokenOperation;
  readonly model: string;
  readonly word: string;
  readonly events: number;
  /** Tokens in and out; undefined: nothing is said of usage. */
  readonly usage: readonly [number, number] | undefined;
  /** Every part tells what was used so far; the last one counts. */
  readonly tellsEarly: boolean;
};

const usageJson = ([input, output]: readonly [number, number], responses: boolean): string =>
  responses
    ? `{"input_tokens":${input},"output_tokens":${output},"total_tokens":${input + output}}`
    : `{"prompt_tokens":${input},"completion_tokens":${output},"total_tokens":${input + output}}`;

/** Numbers beyond 2^53 and spaces in odd places: bytes stay bytes. */
const ODD = '"x_odd" : 12345678901234567890';

export function wholeAnswer({ operation, model, word, events, usage }: Told): Uint8Array {
  const text = Array.from({ length: events }, (_, at) => `${word}-${at}`).join(' ');
  const used = usage === undefined ? '' : `,"usage":${usageJson(usage, operation === 'response')}`;
  const head = `{"id":"a1",${ODD},"model":"${model}"`;
  switch (operation) {
    case 'chat': {
      const message = `{"role":"assistant","content":"${text}"}`;
      return encode(`${head},"choices":[{"index":0,"message":${message}}]${used}}`);
    }
    case 'completion':
      return encode(`${head},"choices":[{"index":0,"text":"${text}"}]${used}}`);
    case 'response':
      return encode(`${head},"output":[{"type":"message","content":"${text}"}]${used}}`);
    case 'embedding':
      return encode(`${head},"data":[{"index":0,"embedding":[0.1,0.2]}]${used}}`);
    case 'count':
      // As one kind of server says it, and as another does.
      return encode(`{"input_tokens":${usage?.[0] ?? events},"count":${usage?.[0] ?? events}}`);
  }
}

/** The events of a stream; the last one closes it. */
export function streamEvents(told: Told, usageAsked: boolean): readonly string[] {
  const events: string[] = [];
  for (let at = 0; at < told.events; at += 1) events.push(deltaEvent(told, at, usageAsked));
  if (told.operation === 'response') {
    const used = told.usage === undefined ? '' : `,"usage":${usageJson(told.usage, true)}`;
    const response = `{"id":"r1","model":"${told.model}"${used}}`;
    events.push(
      `event: response.completed\ndata: {"type":"response.completed","response":${response}}\n\n`,
    );
    return events;
  }
  if (told.usage !== undefined && usageAsked) {
    const used = usageJson(told.usage, false);
    events.push(`data: {"id":"a1","model":"${told.model}","choices":[],"usage":${used}}\n\n`);
  }
  events.push(DONE_EVENT);
  return events;
}

export const DONE_EVENT = 'data: [DONE]\n\n';
export const ERROR_EVENT = 'data: {"error":{"message":"overloaded","type":"server_error"}}\n\n';

function deltaEvent(told: Told, at: number, usageAsked: boolean): string {
  const { operation, model, word, tellsEarly } = told;
  const text = `${word}-${at} `;
  if (operation === 'response') {
    const json = `{"type":"response.output_text.delta","delta":"${text}"}`;
    return `event: response.output_text.delta\ndata: ${json}\n\n`;
  }
  const choice =
    operation === 'chat'
      ? `{"index":0,"delta":{"content":"${text}"},"finish_reason":null}`
      : `{"index":0,"text":"${text}","finish_reason":null}`;
  const none = usageAsked ? ',"usage":null' : '';
  if (tellsEarly) return partEvent(model, choice, `,"usage":${usageJson([7, at], false)}`);
  return partEvent(model, choice, none);
}

const partEvent = (model: string, choice: string, usage: string): string =>
  `data: {"id":"a1",${ODD},"model":"${model}","choices":[${choice}]${usage}}\n\n`;
