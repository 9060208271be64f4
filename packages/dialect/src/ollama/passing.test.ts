import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Question, SpokenOperation } from '@signalbox/contract';
import fc from 'fast-check';
import { inChunks, withReturns } from '../canon/arbitrary.fixture.ts';
import { counting, jsonTexts, ODD, wound } from '../json.fixture.ts';
import { readAnswer } from './answer.ts';
import { bytesOf, HEAD, stream, textOf } from './ollama.fixture.ts';
import { readQuestion } from './question.ts';
import { streamReader } from './stream.ts';

fc.configureGlobal({ seed: 4141 });

function questionOf(text: string, operation: SpokenOperation = 'chat'): Question {
  const read = readQuestion(operation, bytesOf(text));
  assert.ok(read.ok, text);
  return read.value;
}
const refusedAt = (text: string, operation: SpokenOperation = 'chat'): string | undefined => {
  const read = readQuestion(operation, bytesOf(text));
  return read.ok ? 'nothing' : read.refusal.param;
};
const CHAT = '"model":"m","messages":[]';

describe('a question whose bytes pass', () => {
  it('is the very same bytes when nothing has to change', () => {
    const body = bytesOf(`{${CHAT},"stream":true}`);
    const read = readQuestion('chat', body);
    assert.ok(read.ok);
    assert.equal(read.value.render('m', true, true), body);
  });

  it('differs in the model alone, wherever it stands', () => {
    const { value } = jsonTexts(ODD);
    const run = (before: string, after: string, name: string): void => {
      const [head, rest] = [` {"options2": ${before}, "model" :`, `,"messages":[${after}\n]} `];
      const question = questionOf(`${head}"m"${rest}`);
      assert.equal(textOf(question.render(name, true)), `${head}${JSON.stringify(name)}${rest}`);
    };
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
    fc.assert(fc.property(value, value, name, run), { numRuns: 200 });
  });

  it('is read as every parser reads it, or refused', () => {
    const text = `{${CHAT},"stream":false,"options":{"num_predict":9},"tools":[{}]}`;
    const run = (hurt: (text: string) => string): void => {
      const broken = hurt(text);
      const read = readQuestion('chat', bytesOf(broken));
      if (!read.ok) return;
      const value = JSON.parse(broken);
      assert.equal(read.value.model, value.model);
      assert.equal(read.value.stream, value.stream !== false);
      assert.equal(JSON.parse(textOf(read.value.render('other', false))).model, 'other');
    };
    fc.assert(fc.property(wound, run), { numRuns: 500 });
  });

  it('is made plain where a key is masked or stands twice', () => {
    const question = questionOf('{"mod\\u0065l":"a","model":"b","stream":true,"stream":false}');
    assert.equal(question.model, 'b');
    assert.equal(question.stream, false);
    assert.equal(textOf(question.render('c', false)), '{"model":"c","stream":false}');
  });

  it('is a stream unless it says otherwise, and always tells usage', () => {
    assert.equal(questionOf(`{${CHAT}}`).stream, true);
    assert.equal(questionOf(`{${CHAT},"stream":null}`).stream, true);
    assert.equal(questionOf(`{${CHAT},"stream":false}`).stream, false);
    assert.equal(questionOf('{"model":"m","input":"x"}', 'embedding').stream, false);
    assert.equal(questionOf(`{${CHAT}}`).usageWanted, true);
  });

  it('tells its bound, its tools and its session', () => {
    const options = '"options":{"num_ctx":4096,"num_predict":77}';
    const question = questionOf(`{${CHAT},${options},"tools":[{}],"metadata":{"session_id":"s"}}`);
    assert.equal(question.outputTokensMax, 77);
    assert.equal(question.toolsOffered, true);
    assert.equal(question.sessionHint, 's');
    for (const none of ['-1', '0', '-2', '"x"']) {
      const unbound = questionOf(`{${CHAT},"options":{"num_predict":${none}},"tools":[]}`);
      assert.equal(unbound.outputTokensMax, undefined);
      assert.equal(unbound.toolsOffered, false);
    }
  });

  it('holds parts that no scanner can read: images, tokens, sealed thoughts', () => {
    const chat = (message: string) => questionOf(`{"model":"m","messages":[${message}]}`);
    const prompt = (more: string) => questionOf(`{"model":"m","prompt":"x"${more}}`, 'completion');
    assert.equal(chat('{"role":"user","content":"x","images":[]}').unreadableParts, false);
    assert.equal(chat('{"role":"user","content":"x","images":["AA"]}').unreadableParts, true);
    assert.equal(
      chat('{"role":"user","images":["AA"],"images":[],"content":"x"}').unreadableParts,
      true,
    );
    assert.equal(chat('{"role":"user","content":[{"type":"image"}]}').unreadableParts, true);
    const details = (type: string) =>
      chat(`{"role":"assistant","content":"","reasoning_details":[{"type":"${type}"}]}`);
    assert.equal(details('reasoning.text').unreadableParts, false);
    assert.equal(details('reasoning.encrypted').unreadableParts, true);
    assert.equal(prompt('').unreadableParts, false);
    assert.equal(prompt(',"images":["AA"]').unreadableParts, true);
    assert.equal(prompt(',"context":[1,2]').unreadableParts, true);
    assert.equal(prompt(',"context":[],"images":null').unreadableParts, false);
    const embed = (input: string) => questionOf(`{"model":"m","input":${input}}`, 'embedding');
    assert.equal(embed('["a"]').unreadableParts, false);
    assert.equal(embed('[[1]]').unreadableParts, true);
  });

  it('has a last instruction and bytes that name its session', () => {
    const chat = (...turns: readonly string[]) => {
      const user = turns.map((one) => `{"role":"user","content":"${one}"}`);
      const system = '{"role":"system","content":"s"}';
      return questionOf(`{"model":"m","messages":[${[system, ...user].join(',')}]}`);
    };
    assert.equal(chat('one', 'two').lastInstruction(), 'two');
    const name = (question: Question): string => textOf(question.sessionBytes('k'));
    assert.equal(name(chat('one')), name(chat('one', 'two')));
    assert.notEqual(name(chat('one')), name(chat('other')));
    const prompt = (system: string) =>
      questionOf(`{"model":"m","prompt":"p","system":"${system}"}`, 'completion');
    assert.equal(prompt('a').lastInstruction(), 'p');
    assert.notEqual(name(prompt('a')), name(prompt('b')));
    const older = questionOf('{"model":"m","prompt":"p"}', 'embedding');
    assert.equal(older.lastInstruction(), 'p');
  });

  it('may only load a model, and is refused at the field with the wrong type', () => {
    assert.equal(refusedAt('{"model":"m"}'), 'nothing');
    assert.equal(refusedAt('{"model":"m","messages":null}'), 'nothing');
    assert.equal(refusedAt('{}'), 'model');
    assert.equal(refusedAt('{"model":7}'), 'model');
    assert.equal(refusedAt('{"model":""}'), 'model');
    assert.equal(refusedAt(`{"model":"${'m'.repeat(257)}"}`), 'model');
    assert.equal(refusedAt('{"model":"m","messages":"x"}'), 'messages');
    assert.equal(refusedAt('{"model":"m","prompt":["x"]}', 'completion'), 'prompt');
    assert.equal(refusedAt('{"model":"m","input":7}', 'embedding'), 'input');
    assert.equal(refusedAt('{"model":"m","stream":"yes"}'), 'stream');
    assert.equal(refusedAt('[]'), undefined);
  });
});

describe('an answer whose bytes pass', () => {
  const read = (text: string) => readAnswer(bytesOf(text));

  it('tells its model and its usage', () => {
    const body = { ...HEAD, message: {}, done: true, prompt_eval_count: 4, eval_count: 2 };
    const { model, usage, error, malformed } = read(JSON.stringify(body));
    assert.deepEqual([model, usage?.inputTokens, usage?.outputTokens], ['small', 4, 2]);
    assert.deepEqual([error, malformed], [false, false]);
    assert.equal(read('{"eval_count":2}').usage?.inputTokens, 0);
    assert.equal(
      read('{"model":"m","embeddings":[[1]],"prompt_eval_count":3}').usage?.outputTokens,
      0,
    );
    assert.equal(read('{"model":""}').model, undefined);
    assert.equal(read('{"eval_count":-1,"prompt_eval_count":"4"}').usage, undefined);
  });

  it('may hide an error, or be no answer', () => {
    assert.equal(read('{"error":"no"}').error, true);
    assert.equal(read('{"error":null}').error, false);
    assert.equal(read('<html>').malformed, true);
  });
});

describe('a stream whose bytes pass', () => {
  const said = (content: string) => ({ role: 'assistant', content });
  const text = stream([said('a "done": true\n'), said('{"error"'), said('')], {
    done_reason: 'stop',
    prompt_eval_count: 4,
    eval_count: 2,
  });
  const watched = (bytes: Uint8Array, seed: number) => {
    const reader = streamReader();
    const passed = inChunks(bytes, seed).map((chunk) => textOf(reader.push(chunk)));
    const closing = textOf(reader.closing());
    reader.rest();
    return { facts: reader.facts(), passed: passed.join(''), closing };
  };

  it('passes as it is and tells what the record needs, in any chunks', () => {
    for (const bytes of [bytesOf(text), withReturns(bytesOf(text))]) {
      for (const seed of [0, 1, 2, 3]) {
        const { facts, passed } = watched(bytes, seed);
        assert.equal(passed, seed === 0 ? passed : textOf(bytes));
        assert.deepEqual(facts, {
          model: 'small',
          usage: {
            inputTokens: 4,
            outputTokens: 2,
            cachedInputTokens: undefined,
            reasoningTokens: undefined,
            source: 'measured',
          },
          service: undefined,
          error: false,
          done: true,
          finished: true,
          malformed: false,
          events: 4,
        });
      }
    }
  });

  it('may end without a line feed, without its last line, or in an error', () => {
    assert.equal(watched(bytesOf(text.trimEnd()), 5).facts.done, true);
    const cut = watched(bytesOf(text.slice(0, -9)), 5);
    assert.equal(cut.facts.done, false);
    assert.equal(cut.closing, '\n');
    assert.equal(watched(bytesOf(text), 5).closing, '');
    const first = text.split('\n')[0];
    const failed = watched(bytesOf(`${first}\n{ "error" : "gone" }\n`), 5);
    assert.deepEqual([failed.facts.error, failed.facts.done], [true, false]);
  });

  it('tells a line that is torn, and begins a line of our own after one that has no end', () => {
    const torn = text.replace(/"done":false\}\n/, '"don\n');
    assert.notEqual(torn, text);
    for (const seed of [0, 1, 2, 3]) {
      const { facts } = watched(bytesOf(torn), seed);
      assert.deepEqual([facts.malformed, facts.finished], [true, true]);
    }
    const reader = streamReader();
    reader.push(bytesOf(text.slice(0, -9)));
    reader.rest();
    assert.equal(textOf(reader.closing()), '\n');
    assert.deepEqual([reader.facts().malformed, reader.facts().finished], [true, false]);
  });

  it('reads `done` in any spelling that JSON allows, and no line that is too long', () => {
    const spelled = `{"model":"m","done"\t:\t true}\n`;
    assert.equal(
      watched(bytesOf(`{"a":1}\n{"a":1}\n{"a":1}\n{"a":1}\n${spelled}`), 0).facts.done,
      true,
    );
    const reader = streamReader();
    const long = new Uint8Array(3_000_000).fill(0x61);
    for (const chunk of [long, long]) reader.push(chunk);
    assert.equal(textOf(reader.closing()), '\n');
    reader.push(bytesOf(`\n${spelled}`));
    assert.equal(reader.facts().done, true);
    assert.equal(textOf(reader.closing()), '');
  });

  it('looks at every byte a few times at most, also one by one', () => {
    const looked = (size: number): number => {
      const line = bytesOf(`${JSON.stringify({ ...HEAD, message: said('x'.repeat(size)) })}\n`);
      const { bytes, looks } = counting(line);
      readAnswer(bytes);
      return looks();
    };
    assert.ok(looked(20_000) / looked(10_000) < 2.3);
  });
});
