import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Answer, Json } from '../canon/canon.ts';
import { fold } from '../canon/fold.ts';
import {
  blockStart,
  blockStop,
  bytesOf,
  CONTEXT,
  checked,
  decoded,
  delta,
  framed,
  MESSAGE_STOP,
  messageDelta,
  messageStart,
  textOf,
} from './anthropic.fixture.ts';
import { anthropic, readAnswer } from './anthropic.ts';

const citation = { type: 'page_location', cited_text: 'x' };
const result = { type: 'web_search_tool_result', tool_use_id: 's1', content: [] };
const CONTENT: readonly Json[] = [
  { type: 'thinking', thinking: 'Moon', signature: 'c2ln' },
  { type: 'redacted_thinking', data: 'c2VhbA' },
  { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'tides' } },
  result,
  { type: 'text', text: 'Twice.', citations: [citation] },
  { type: 'text', text: 'A day.' },
  { type: 'tool_use', id: 'toolu_1', name: 'note', input: { n: [1, 2] } },
];
const MESSAGE = {
  id: 'msg_a',
  type: 'message',
  role: 'assistant',
  model: 'model-a',
  content: CONTENT,
  stop_reason: 'tool_use',
  stop_sequence: null,
  usage: { input_tokens: 7, output_tokens: 5 },
};

/** The same answer as a stream. */
const TWIN = framed([
  messageStart(),
  blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
  delta(0, { type: 'thinking_delta', thinking: 'Mo' }),
  delta(0, { type: 'thinking_delta', thinking: 'on' }),
  delta(0, { type: 'signature_delta', signature: 'c2ln' }),
  blockStop(0),
  blockStart(1, { type: 'redacted_thinking', data: 'c2VhbA' }),
  blockStop(1),
  blockStart(2, { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }),
  delta(2, { type: 'input_json_delta', partial_json: '{"query":"tides"}' }),
  blockStop(2),
  blockStart(3, result),
  blockStop(3),
  blockStart(4, { type: 'text', text: '', citations: [] }),
  delta(4, { type: 'citations_delta', citation }),
  delta(4, { type: 'text_delta', text: 'Twice.' }),
  blockStop(4),
  blockStart(5, { type: 'text', text: '' }),
  delta(5, { type: 'text_delta', text: 'A day.' }),
  blockStop(5),
  blockStart(6, { type: 'tool_use', id: 'toolu_1', name: 'note', input: {} }),
  delta(6, { type: 'input_json_delta', partial_json: '{"n":[1,2]}' }),
  blockStop(6),
  messageDelta('tool_use'),
  MESSAGE_STOP,
]);

const written = (answer: Answer) => {
  const { body, dropped } = anthropic.writeWhole(answer, CONTEXT);
  return { value: JSON.parse(textOf(body)), dropped: [...dropped].sort() };
};

describe('a whole answer', () => {
  it('says what its stream says', () => {
    assert.deepEqual(fold(checked(anthropic.readWhole(MESSAGE))), fold(decoded(bytesOf(TWIN))));
  });

  it('is written again as it was', () => {
    const { value, dropped } = written(fold(anthropic.readWhole(MESSAGE)));
    assert.deepEqual(value, MESSAGE);
    assert.deepEqual(dropped, []);
  });

  it('names what it cannot say, and has what the context knows', () => {
    const one = { logprobs: [], stop: 'end' } as const;
    const image = { kind: 'media', medium: 'image', source: { kind: 'url', url: 'u' } } as const;
    const opaque = { kind: 'opaque', wire: 'openai', value: {} } as const;
    const { value, dropped } = written({
      id: undefined,
      model: undefined,
      created: 1,
      answers: [
        { ...one, parts: [image, opaque], logprobs: [{ token: 'a', logprob: 0, top: [] }] },
        { ...one, parts: [] },
      ],
      usage: undefined,
      service: undefined,
      error: undefined,
      ended: true,
    });
    assert.deepEqual(dropped, ['answers', 'logprobs', 'part.image', 'part.opaque']);
    assert.deepEqual([value.id, value.model, value.content], [CONTEXT.id, CONTEXT.model, []]);
    assert.deepEqual(value.usage, { input_tokens: 0, output_tokens: 0 });
  });

  it('has a refusal beside its content, as the provider does', () => {
    const read = fold(anthropic.readWhole({ ...MESSAGE, content: [] }));
    const parts = [{ kind: 'refusal', text: 'No.' }] as const;
    const answer = { ...read, answers: [{ parts, logprobs: [], stop: 'end' }] } as const;
    const { value } = written(answer);
    assert.equal(value.stop_reason, 'refusal');
    assert.deepEqual(value.stop_details, {
      type: 'refusal',
      category: null,
      explanation: 'No.',
    });
    assert.deepEqual(fold(anthropic.readWhole(value)).answers[0]?.parts, parts);
  });

  it('keeps arguments that were cut off', () => {
    const cut: Json = { type: 'tool_use', id: 't', name: 'f', input: { INVALID_JSON: '{"a": "b' } };
    const answer = fold(anthropic.readWhole({ ...MESSAGE, content: [cut] }));
    const [part] = answer.answers[0]?.parts ?? [];
    assert.ok(part?.kind === 'call');
    assert.equal(part.arguments, '{"a": "b');
    assert.deepEqual(written(answer).value.content, [cut]);
  });

  it('carries the signature of a call of another provider', () => {
    const part = { kind: 'call', id: 't', name: 'f', arguments: '{}', signature: 'c2ln' } as const;
    const read = fold(anthropic.readWhole(MESSAGE));
    const answer = { ...read, answers: [{ parts: [part], logprobs: [], stop: 'tools' }] } as const;
    assert.deepEqual(fold(anthropic.readWhole(written(answer).value)).answers[0]?.parts, [part]);
  });

  it('is understood as bytes', () => {
    const { model, usage, service, error, malformed } = readAnswer(
      bytesOf(JSON.stringify({ ...MESSAGE, usage: { ...MESSAGE.usage, service_tier: 'batch' } })),
    );
    assert.deepEqual([model, service, error, malformed], ['model-a', 'batch', false, false]);
    assert.deepEqual([usage?.inputTokens, usage?.outputTokens], [7, 5]);
    assert.equal(readAnswer(bytesOf('{"type":"error","error":{}}')).error, true);
    assert.equal(readAnswer(bytesOf('<html>')).malformed, true);
  });
});
