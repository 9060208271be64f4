// Files of messages by lines, whose framing the recorder left out: one JSON text a line. A file may
// hold several streams, one after the other; each ends with its dialect's own last message.
import { isObject, member, textIn, tryParse } from '@signalbox/dialect';
import { type Exchange, providerOf } from './exchange.ts';

const LAST_TYPES = new Set([
  ...['response.completed', 'response.incomplete', 'response.failed', 'message_stop'],
]);

export function fromLines(name: string, text: string): readonly Exchange[] {
  const head = { provider: providerOf(name, undefined), url: undefined, status: 200 };
  const common = { ...head, asked: undefined };
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (isFramed(text)) {
    const answered = new TextEncoder().encode(text);
    return [{ ...common, name, answered, unframed: false }];
  }
  return streams(lines).map((some, at) => ({
    ...common,
    name: `${name}#${at}`,
    answered: new TextEncoder().encode(some.map((line) => `${line}\n`).join('')),
    unframed: true,
  }));
}

/** Its first line that is not empty is one of an event. */
export const isFramed = (text: string): boolean => /^\s*(?:data|event|id|retry|error|:)/.test(text);

function streams(lines: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [[]];
  for (const line of lines) {
    all.at(-1)?.push(line);
    if (isLast(line)) all.push([]);
  }
  return all.filter((some) => some.length > 0);
}

function isLast(line: string): boolean {
  // Most lines are fragments, and are not read for that.
  if (!/response\.|message_stop|"done"/.test(line)) return false;
  const value = tryParse(line);
  if (!isObject(value)) return false;
  return LAST_TYPES.has(textIn(value, 'type') ?? '') || member(value, 'done') === true;
}

/** Puts back what stands around the messages of a stream of this content type. */
export function framed(exchange: Exchange, type: string, end: string): Uint8Array {
  if (!exchange.unframed) return exchange.answered;
  const text = new TextDecoder().decode(exchange.answered);
  if (!type.startsWith('text/event-stream')) return exchange.answered;
  const events = text
    .split('\n')
    .filter(Boolean)
    .map((line) => `${nameOf(line)}data: ${line}\n\n`);
  return new TextEncoder().encode(events.join('') + end);
}

/** Typed events are named by their type. */
function nameOf(line: string): string {
  const type = /^\{"type":"([a-z_.]+)"/.exec(line)?.[1];
  return type === undefined ? '' : `event: ${type}\n`;
}
