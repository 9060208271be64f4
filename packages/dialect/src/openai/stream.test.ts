import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Operation, Usage } from '@signalbox/contract';
import fc from 'fast-check';
import { cuts, madeStream, passed, slowFacts } from './stream.fixture.ts';
import { type StreamFacts, streamReader } from './stream.ts';

fc.configureGlobal({ seed: 4141 });

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a stream that is watched', () => {
  it('passes byte for byte when nothing is hidden, however it comes', () => {
    fc.assert(
      fc.property(madeStream, cuts, ({ raw }, cut) => {
        const reader = streamReader('chat', false);
        assert.equal(passed(reader, cut(bytesOf(raw))), raw);
      }),
      { numRuns: 500 },
    );
  });

  it('loses the usage that we asked for and nothing else, however it comes', () => {
    fc.assert(
      fc.property(madeStream, cuts, ({ raw, hidden }, cut) => {
        const reader = streamReader('chat', true);
        assert.equal(passed(reader, cut(bytesOf(raw))), hidden);
      }),
      { numRuns: 1_000 },
    );
  });

  it('tells what a slow reader of the whole stream would tell', () => {
    const operations = fc.constantFrom<Operation>('chat', 'completion', 'response');
    fc.assert(
      fc.property(madeStream, cuts, operations, fc.boolean(), ({ raw }, cut, operation, hide) => {
        const reader = streamReader(operation, hide && operation !== 'response');
        passed(reader, cut(bytesOf(raw)));
        assert.deepEqual(reader.facts(), slowFacts(operation, raw));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is never held back for longer than one event when something is hidden', () => {
    const reader = streamReader('chat', true);
    assert.equal(reader.push(bytesOf('data: {"a":1}')).length, 0);
    assert.equal(Buffer.from(reader.push(bytesOf('\n\nda'))).toString(), 'data: {"a":1}\n\n');
    assert.equal(Buffer.from(reader.push(bytesOf('ta: 2\n\n'))).toString(), 'data: 2\n\n');
  });

  it('passes an event on unread once it is larger than anybody sends', () => {
    const reader = streamReader('chat', true);
    const piece = new Uint8Array(1_048_576).fill(0x61);
    let out = 0;
    for (let i = 0; i < 6; i += 1) out += reader.push(piece).length;
    assert.ok(out >= 5 * 1_048_576, 'memory stays bounded');
    out += reader.push(bytesOf('\n\n')).length;
    assert.equal(out, 6 * 1_048_576 + 2);
  });
});

/** Bytes that are copied while something is done. */
function copiedBy(work: () => void): number {
  const prototype = Object.getPrototypeOf(Uint8Array.prototype);
  const { set, slice, copyWithin } = prototype;
  let copied = 0;
  prototype.set = function (from: ArrayLike<number>, at?: number) {
    copied += from.length;
    return set.call(this, from, at);
  };
  prototype.slice = function (from?: number, to?: number) {
    const part = slice.call(this, from, to);
    copied += part.length;
    return part;
  };
  prototype.copyWithin = function (to: number, from: number, end?: number) {
    copied += (end ?? this.length) - from;
    return copyWithin.call(this, to, from, end);
  };
  try {
    work();
  } finally {
    Object.assign(prototype, { set, slice, copyWithin });
  }
  return copied;
}

describe('the work of watching', () => {
  const shapes: readonly (readonly [name: string, of: (size: number) => string])[] = [
    ['one long event', (size) => `data: {"a":"${'x'.repeat(size)}"}\n\n`],
    ['many short ones', (size) => 'data: {"a":1}\n\n'.repeat(size / 16)],
    ['empty lines', (size) => '\n'.repeat(size)],
    ['returns', (size) => 'data: {"a":1}\r\n\r\n'.repeat(size / 16)],
  ];
  for (const [name, of] of shapes) {
    for (const pieces of [1, 3]) {
      it(`grows with the bytes and no faster: ${name}, ${pieces} at a time`, () => {
        const work = (size: number): number => {
          const bytes = bytesOf(of(size));
          const reader = streamReader('chat', true);
          return copiedBy(() => {
            for (let at = 0; at < bytes.length; at += pieces) {
              reader.push(bytes.subarray(at, at + pieces));
            }
            reader.rest();
          });
        };
        const [once, twice] = [work(16_384), work(32_768)];
        assert.ok(twice <= once * 2.2 + 1_024, `${once} bytes copied, then ${twice}`);
        assert.ok(once <= 16_384 * 8, `${once} bytes copied of 16,384`);
      });
    }
  }
});

describe('an event of our own', () => {
  it('first ends one that went on unfinished', () => {
    const open = streamReader('chat', false);
    open.push(bytesOf('data: {"a":1}\n\ndata: {"b'));
    assert.equal(Buffer.from(open.closing()).toString(), '\n\n');
    const whole = streamReader('chat', false);
    whole.push(bytesOf('data: {"a":1}\n\n'));
    assert.equal(whole.closing().length, 0);
  });

  it('first ends one whose beginning was read already, or cannot be', () => {
    for (const hideUsage of [false, true]) {
      const read = streamReader('chat', hideUsage);
      read.push(bytesOf('data: {"a":1}\n\ndata: {"b'));
      read.rest();
      assert.equal(Buffer.from(read.closing()).toString(), '\n\n');
    }
    const torn = streamReader('chat', false);
    torn.push(bytesOf('data: {"a":1}\n\ndata: {"b'));
    torn.push(bytesOf('\n\ndata: {"c":1}\n\n'));
    assert.equal(torn.facts().malformed, true);
    assert.equal(Buffer.from(torn.closing()).toString(), '\n\n');
  });

  it('follows at once where the unfinished one was withheld', () => {
    const reader = streamReader('chat', true);
    reader.push(bytesOf('data: {"a":1}\n\ndata: {"b'));
    assert.equal(reader.closing().length, 0);
  });
});

const usage = (inputTokens: number, outputTokens: number, more: Partial<Usage> = {}): Usage => ({
  inputTokens,
  outputTokens,
  cachedInputTokens: undefined,
  reasoningTokens: undefined,
  source: 'measured',
  ...more,
});

type Habit = {
  readonly file: string;
  readonly operation?: Operation;
  readonly facts: Omit<StreamFacts, 'events'>;
  /** What is taken out when the caller did not ask; a whole event ends with an empty line. */
  readonly hides: 'nothing' | 'null-keys' | 'last-chunk' | 'null-keys-and-last-chunk';
};

const told = (
  model: string,
  used: Usage | undefined,
  more: Partial<StreamFacts> = {},
): Habit['facts'] => ({
  model,
  usage: used,
  service: undefined,
  responseId: undefined,
  error: false,
  done: true,
  ...more,
});

const HABITS: readonly Habit[] = [
  {
    file: 'openai-chat',
    facts: told('gpt-x-mini', usage(11, 7, { cachedInputTokens: 4, reasoningTokens: 2 }), {
      service: 'default',
    }),
    hides: 'null-keys-and-last-chunk',
  },
  {
    file: 'azure-chat',
    facts: told('gpt-x-2025', usage(9, 3)),
    hides: 'null-keys-and-last-chunk',
  },
  { file: 'mistral-chat', facts: told('ministral-x', usage(21, 9)), hides: 'nothing' },
  { file: 'groq-chat', facts: told('llama-x', usage(40, 6)), hides: 'nothing' },
  {
    file: 'groq-error',
    facts: told('llama-x', undefined, { error: true, done: false }),
    hides: 'nothing',
  },
  {
    file: 'deepseek-chat',
    facts: told('deepseek-x', usage(16, 12, { cachedInputTokens: 8, reasoningTokens: 10 })),
    hides: 'nothing',
  },
  {
    file: 'openrouter-chat',
    facts: told('maker/model-x', usage(14, 5, { cachedInputTokens: 0, reasoningTokens: 0 })),
    hides: 'nothing',
  },
  {
    file: 'openrouter-error',
    facts: told('maker/model-x', undefined, { error: true, done: false }),
    hides: 'nothing',
  },
  {
    file: 'perplexity-chat',
    facts: told('sonar-x', usage(5, 2), { done: false }),
    hides: 'nothing',
  },
  { file: 'snowflake-chat', facts: told('arctic-x', usage(8, 4)), hides: 'last-chunk' },
  { file: 'ollama-chat', facts: told('qwen3:x', usage(31, 22)), hides: 'last-chunk' },
  {
    file: 'llama-box-chat',
    facts: told('box-x', usage(6, 3), { done: false }),
    hides: 'null-keys',
  },
  {
    file: 'llama-box-error',
    facts: told('box-x', undefined, { error: true, done: false }),
    hides: 'null-keys',
  },
  { file: 'llama-server-chat', facts: told('tiny-x', usage(17, 4)), hides: 'last-chunk' },
  { file: 'vllm-chat', facts: told('org/model-x', usage(10, 2)), hides: 'last-chunk' },
  {
    file: 'openai-completion',
    operation: 'completion',
    facts: told('instruct-x', usage(2, 2)),
    hides: 'null-keys-and-last-chunk',
  },
  {
    file: 'openai-response',
    operation: 'response',
    facts: told('gpt-x-2025', usage(12, 8, { cachedInputTokens: 3, reasoningTokens: 5 }), {
      responseId: 'resp_1',
    }),
    hides: 'nothing',
  },
  {
    file: 'openai-response-failed',
    operation: 'response',
    facts: told('gpt-x-2025', undefined, { error: true, responseId: 'resp_2' }),
    hides: 'nothing',
  },
  {
    file: 'openai-response-error',
    operation: 'response',
    facts: told('gpt-x-2025', undefined, { error: true, done: false, responseId: 'resp_3' }),
    hides: 'nothing',
  },
];

const readFixture = (file: string): string =>
  readFileSync(new URL(`../fixtures/${file}.sse`, import.meta.url), 'utf8');

/** What is to be taken out of a text, cut by hand. */
function withoutUsage(text: string, hides: Habit['hides']): string {
  const last = hides === 'last-chunk' || hides === 'null-keys-and-last-chunk';
  const keys = hides === 'null-keys' || hides === 'null-keys-and-last-chunk';
  const kept = last
    ? text
        .split('\n\n')
        .filter((event) => !(event.includes('"choices":[]') && event.includes('"usage":{')))
        .join('\n\n')
    : text;
  return keys ? kept.replaceAll(',"usage":null', '') : kept;
}

describe('habits of providers', () => {
  for (const { file, operation = 'chat', facts, hides } of HABITS) {
    const text = readFixture(file);
    const events = text.split('\n').filter((line) => line.startsWith('data:')).length;

    it(`are understood: ${file}`, () => {
      for (const written of [text, text.replaceAll('\n', '\r\n')]) {
        for (const size of [1, 7, 64, written.length]) {
          const reader = streamReader(operation, false);
          const bytes = bytesOf(written);
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
            bytes.subarray(i * size, (i + 1) * size),
          );
          assert.equal(passed(reader, chunks), written);
          const { finished, malformed, ...told } = reader.facts();
          assert.deepEqual(told, { ...facts, events });
          assert.deepEqual([finished || told.error, malformed], [true, false], 'an end is an end');
          assert.deepEqual(reader.facts(), slowFacts(operation, written));
        }
      }
    });

    if (operation === 'response') continue;
    it(`lose ${hides} when the caller did not ask: ${file}`, () => {
      for (const size of [1, 97, text.length]) {
        const reader = streamReader(operation, true);
        const bytes = bytesOf(text);
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        assert.equal(passed(reader, chunks), withoutUsage(text, hides));
        const { finished, malformed, ...told } = reader.facts();
        assert.deepEqual(told, { ...facts, events });
        assert.deepEqual([finished || told.error, malformed], [true, false], 'an end is an end');
      }
    });
  }
});
