// Every recorded error, where a folder of recordings is at hand: each must have a meaning that is
// not unknown, a code of ours, and a message that repeats nothing of the request.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, it } from 'node:test';
import { CODES, type Headers } from '@signalbox/contract';
import { kindOf } from './kinds.ts';
import type { KindName } from './server-kind.ts';
import { codeOfError, readUpstreamError } from './upstream-error.ts';

const folder = process.env['SIGNALBOX_FIXTURES'];
const skip = folder === undefined ? 'set SIGNALBOX_FIXTURES to a folder of recordings' : false;

type Recorded = {
  readonly name: string;
  readonly from: KindName;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
};

/** Whose recording it is, by its path. */
const FROM: readonly (readonly [RegExp, KindName])[] = [
  [/llama-server\//, 'llama-server'],
  [/packages\/azure\/|azure-/, 'azure'],
  [/anthropic/, 'anthropic'],
  [/google-vertex|vertexai/, 'vertex'],
  [/packages\/google\/|gemini/, 'gemini'],
  [/bedrock/, 'bedrock'],
  [/mistral/, 'mistral'],
  [/groq/, 'groq'],
  [/deepseek/, 'deepseek'],
  [/openrouter/, 'openrouter'],
  [/\/xai/, 'xai'],
  [/cohere/, 'cohere'],
  [/perplexity/, 'perplexity'],
  [/together/, 'together'],
  [/ollama/, 'ollama'],
  [/openai/, 'openai'],
];

const fromOf = (path: string): KindName =>
  FROM.find(([pattern]) => pattern.test(path))?.[1] ?? 'openai-compatible';

/** Whole HTTP answers: a status line, headers, a body. */
function httpAnswers(root: string): readonly Recorded[] {
  return globSync(`${root}/**/*.http`).flatMap((path) => {
    const [head = '', ...rest] = readFileSync(path, 'utf8').split(/\r?\n\r?\n/);
    const [first = '', ...lines] = head.split(/\r?\n/);
    const status = Number(first.split(' ')[1]);
    if (!(status >= 400)) return [];
    const headers = lines.map((line): readonly [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    });
    return [{ name: path, from: fromOf(path), status, headers, body: rest.join('\n\n') }];
  });
}

/** Cassettes: what is indented below `body: |`, or `string: '...'`, before or after its status. */
function cassettes(root: string): readonly Recorded[] {
  return globSync(`${root}/**/*.yaml`).flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    return text.split(/^ *-? *request:/m).flatMap((part) => {
      const answer = part.slice(Math.max(0, part.search(/^ *response:/m)));
      const status = Number(/^ *code: (\d{3})$/m.exec(answer)?.[1]);
      if (!(status >= 400)) return [];
      const literal = /^( *)body: \|-?\n((?:\1 +.*\n|\n)+)/m.exec(answer)?.[2];
      const quoted = /^ *(?:body|string): '((?:[^']|'')*)'/m
        .exec(answer)?.[1]
        ?.replaceAll("''", "'");
      const escaped = /^ *(?:body|string): ("(?:[^"\\]|\\[\s\S])*")/m.exec(answer)?.[1];
      const told = escaped === undefined ? undefined : parsed(escaped.replace(/\\\r?\n */g, ''));
      const double = typeof told === 'string' ? told : undefined;
      const plain = /^ *(?:body|string): ([^'"|\n].*)$/m.exec(answer)?.[1];
      const body = literal ?? quoted ?? double ?? plain ?? '';
      return [{ name: path, from: fromOf(path), status, headers: [], body }];
    });
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** An answer that holds an error and nothing else; its status, where it tells none, is 400. */
function isError(value: unknown): boolean {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  if (!isRecord(one)) return false;
  const inner = isRecord(one['response']) ? one['response']['error'] : one['error'];
  const isSaid = isRecord(inner) || (typeof inner === 'string' && inner !== '');
  return isSaid && one['object'] !== 'response' && one['output'] === undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Bodies without a head, and events of streams. */
function bare(root: string): readonly Recorded[] {
  const whole = globSync(`${root}/**/__fixtures__/*.json`).map((path): [string, string] => [
    path,
    readFileSync(path, 'utf8'),
  ]);
  const events = globSync(`${root}/**/*.{chunks.txt,sse}`).flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .map((line): [string, string] => [path, line.replace(/^(?:data|error): ?/, '')]),
  );
  const inWhole = whole
    .filter(([, body]) => isError(parsed(body)))
    .map(([name, body]) => ({ name, from: fromOf(name), status: 400, headers: [], body }));
  const inEvents = events
    .filter(([, body]) => body.includes('"error"') && isError(parsed(body)))
    .map(([name, body]) => ({ name, from: fromOf(name), status: 200, headers: [], body }));
  return [...inWhole, ...inEvents];
}

describe('recorded errors', { skip }, () => {
  const all =
    folder === undefined ? [] : [...httpAnswers(folder), ...cassettes(folder), ...bare(folder)];

  it('are there', (context) => {
    assert.ok(all.length > 0);
    context.diagnostic(`${all.length} recorded errors`);
  });

  for (const { name, from, status, headers, body } of all) {
    it(`${from} ${status} ${basename(name)} has a meaning and a code`, (context) => {
      const kind = kindOf(from);
      assert.ok(kind !== undefined);
      const error = readUpstreamError(kind, {
        status,
        headers,
        body: new TextEncoder().encode(body),
        nowMs: 0,
      });
      assert.notEqual(error.kind, 'unknown');
      assert.ok(codeOfError(error) in CODES);
      assert.doesNotMatch(error.message, /said nothing more/);
      context.diagnostic(`${error.kind} -> ${codeOfError(error)}: ${error.message}`);
    });
  }
});
