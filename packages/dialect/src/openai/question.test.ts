import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Question, SpokenOperation } from '@signalbox/contract';
import fc from 'fast-check';
import { jsonTexts, ODD, wound } from '../json.fixture.ts';
import { asksForUsage, readQuestion } from './question.ts';

fc.configureGlobal({ seed: 4141 });

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function questionOf(text: string, operation: SpokenOperation = 'chat'): Question {
  const read = readQuestion(operation, bytesOf(text));
  assert.ok(read.ok, text);
  return read.value;
}

const CHAT = '"model":"m","messages":[]';

describe('a question rendered for an upstream', () => {
  it('is the very same bytes when nothing has to change', () => {
    const body = bytesOf(`{${CHAT},"stream":true}`);
    const read = readQuestion('chat', body);
    assert.ok(read.ok);
    assert.equal(read.value.render('m', false), body);
  });

  it('differs in the model alone, wherever it stands and whatever stands around it', () => {
    const value = jsonTexts(ODD).value;
    const other = fc.tuple(fc.constantFrom('x', 'temperature', 'né'), value);
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        value,
        value,
        fc.array(other, { maxLength: 3 }),
        fc.nat(3),
        name,
        (message, tail, others, place, wanted) => {
          const fields = new Map(others.map(([key, held]) => [key, `"${key}": ${held} `]));
          const parts = [...fields.values(), `"messages":[${message}\n]`, `"tail":${tail}`];
          const before = parts.slice(0, place).map((part) => `${part},`);
          const after = parts.slice(place).map((part) => `, ${part}`);
          const [head, rest] = [` {${before.join('')}"model" :`, `${after.join('')}}\r\n`];
          const question = questionOf(`${head}"m"${rest}`);
          assert.equal(
            textOf(question.render(wanted, false)),
            `${head}${JSON.stringify(wanted)}${rest}`,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  const ASK = '{"include_usage":true}';
  const shapes: readonly (readonly [written: string, rendered: string])[] = [
    [`{${CHAT},"stream":true}`, `{"stream_options":${ASK},${CHAT},"stream":true}`],
    [`  {${CHAT},"stream":true}`, `  {"stream_options":${ASK},${CHAT},"stream":true}`],
    [
      `{${CHAT},"stream":true,"stream_options":null}`,
      `{${CHAT},"stream":true,"stream_options":${ASK}}`,
    ],
    [
      `{"stream_options":{},${CHAT},"stream":true}`,
      `{"stream_options":${ASK},${CHAT},"stream":true}`,
    ],
    [
      `{${CHAT},"stream":true,"stream_options":{ }}`,
      `{${CHAT},"stream":true,"stream_options":{"include_usage":true }}`,
    ],
    [
      `{${CHAT},"stream":true,"stream_options":{ "padding" : false }}`,
      `{${CHAT},"stream":true,"stream_options":{"include_usage":true, "padding" : false }}`,
    ],
    [
      `{${CHAT},"stream":true,"stream_options":{"include_usage": false,"a":1}}`,
      `{${CHAT},"stream":true,"stream_options":{"include_usage": true,"a":1}}`,
    ],
    [
      `{${CHAT},"stream":true,"stream_options":{"include_usage":null}}`,
      `{${CHAT},"stream":true,"stream_options":${ASK}}`,
    ],
    [
      `{${CHAT},"stream":true,"stream_options":{"include_usage":true,"include_usage":false}}`,
      `{${CHAT},"stream":true,"stream_options":{"include_usage":true,"include_usage":true}}`,
    ],
  ];
  for (const [written, rendered] of shapes) {
    it(`asks for usage in ${written}`, () => {
      const question = questionOf(written);
      assert.equal(question.usageWanted, false);
      assert.equal(textOf(question.render('m', true)), rendered);
      const asked: unknown = JSON.parse(rendered);
      assert.deepEqual(
        Reflect.get(Object(Reflect.get(Object(asked), 'stream_options')), 'include_usage'),
        true,
      );
    });
  }

  const untouched: readonly string[] = [
    `{${CHAT}}`,
    `{${CHAT},"stream":false}`,
    `{${CHAT},"stream":null}`,
    `{${CHAT},"stream":true,"stream_options":{"include_usage":true}}`,
    `{${CHAT},"stream":true,"stream_options":{"include_usage":false,"include_usage":true}}`,
    `{${CHAT},"stream":true,"stream_options":"yes"}`,
    `{${CHAT},"stream":true,"stream_options":[]}`,
    `{${CHAT},"stream":true,"stream_options":{"\\u12":1}}`,
  ];
  for (const written of untouched) {
    it(`leaves ${written} as it came`, () => {
      assert.equal(textOf(questionOf(written).render('m', true)), written);
    });
  }

  it('asks in completions too, never in responses and embeddings', () => {
    assert.deepEqual((['chat', 'completion', 'response', 'embedding'] as const).map(asksForUsage), [
      true,
      true,
      false,
      false,
    ]);
    const response = '{"model":"m","input":"x","stream":true}';
    assert.equal(textOf(questionOf(response, 'response').render('m', true)), response);
  });

  it('forbids storing where nothing may be kept', () => {
    const rendered = (operation: SpokenOperation, text: string): string =>
      textOf(questionOf(text, operation).render('m', false, true));
    const response = '"model":"m","input":"x"';
    assert.equal(rendered('response', `{${response}}`), `{"store":false,${response}}`);
    assert.equal(
      rendered('response', `{${response},"store": true}`),
      `{${response},"store": false}`,
    );
    assert.equal(rendered('response', `{${response},"store":null}`), `{${response},"store":false}`);
    assert.equal(
      rendered('response', `{${response},"store":false}`),
      `{${response},"store":false}`,
    );
    assert.equal(rendered('chat', `{${CHAT}}`), `{${CHAT}}`);
    assert.equal(rendered('chat', `{${CHAT},"store":true}`), `{${CHAT},"store":false}`);
    const both = questionOf(`{${CHAT},"store":true,"stream":true}`).render('n', true, true);
    const rest = '"model":"n","messages":[],"store":false,"stream":true';
    assert.equal(textOf(both), `{"stream_options":${ASK},${rest}}`);
  });

  it('has new text in both places at once, in either order', () => {
    const first = questionOf(`{"stream_options":null,${CHAT},"stream":true}`);
    const last = questionOf(`{${CHAT},"stream":true,"stream_options":{}}`);
    assert.equal(
      textOf(first.render('n', true)),
      `{"stream_options":${ASK},"model":"n","messages":[],"stream":true}`,
    );
    assert.equal(
      textOf(last.render('n', true)),
      `{"model":"n","messages":[],"stream":true,"stream_options":${ASK}}`,
    );
  });
});

describe('keys that are masked or stand twice', () => {
  const cases: readonly (readonly [written: string, plain: string])[] = [
    ['{"mod\\u0065l":"m","messages":[]}', '{"model":"m","messages":[]}'],
    ['{"model":"a","messages":[],"model":"b"}', '{"model":"b","messages":[]}'],
    ['{"model":"a","messages":[],"\\u006dodel":"b"}', '{"model":"b","messages":[]}'],
    [
      '{"model":"a","x":1e400,"messages":[ ],"x": 12345678901234567890 }',
      '{"model":"a","x":12345678901234567890,"messages":[ ]}',
    ],
    [
      '{"__proto__":{"x":1},"model":"a","messages":[],"__proto__":{"y":2}}',
      '{"__proto__":{"y":2},"model":"a","messages":[]}',
    ],
    // What must be masked stays masked, and reading ends.
    ['{"a\\"b":1,"model":"m","messages":[]}', '{"a\\"b":1,"model":"m","messages":[]}'],
    ['{"\\ud800":1,"model":"m","messages":[]}', '{"\\ud800":1,"model":"m","messages":[]}'],
    ['{"\\u0000":1,"model":"m","messages":[]}', '{"\\u0000":1,"model":"m","messages":[]}'],
    ['{"\\\\":1,"model":"m","messages":[]}', '{"\\\\":1,"model":"m","messages":[]}'],
  ];
  for (const [written, plain] of cases) {
    it(`makes ${written} plain`, () => {
      const question = questionOf(written);
      assert.equal(textOf(question.bytes), plain);
      const other = question.model === 'm' ? 'z' : 'm';
      const rendered: unknown = JSON.parse(textOf(question.render(other, false)));
      assert.equal(Reflect.get(Object(rendered), 'model'), other);
    });
  }

  it('never tells us another request than the upstream reads', () => {
    const name = fc.constantFrom('model', 'mod\\u0065l', '\\u006dodel', 'Model', '\ufeffmodel');
    const field = fc.tuple(name, fc.constantFrom('a', 'b', 'c'));
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 5 }), (fields) => {
        const written = fields.map(([key, value]) => `"${key}":"${value}"`);
        const text = `{${written.join()},"messages":[]}`;
        const theirs: unknown = Reflect.get(Object(JSON.parse(text)), 'model');
        const read = readQuestion('chat', bytesOf(text));
        assert.equal(read.ok ? read.value.model : undefined, theirs);
        if (!read.ok) return;
        const rendered: unknown = JSON.parse(textOf(read.value.render('z', false)));
        assert.equal(Reflect.get(Object(rendered), 'model'), 'z');
      }),
    );
  });
});

describe('a question that cannot be understood', () => {
  const refused: readonly (readonly [SpokenOperation, body: string, param: string | undefined])[] =
    [
      ['chat', '', undefined],
      ['chat', '[]', undefined],
      ['chat', '{"model":"m","messages":[}', undefined],
      ['chat', '{"messages":[]}', 'model'],
      ['chat', '{"model":1,"messages":[]}', 'model'],
      ['chat', '{"model":null,"messages":[]}', 'model'],
      ['chat', '{"model":"","messages":[]}', 'model'],
      ['chat', `{"model":"${'m'.repeat(257)}","messages":[]}`, 'model'],
      ['chat', '{"model":"\\u12","messages":[]}', 'model'],
      ['chat', '{"model":"m"}', 'messages'],
      ['chat', '{"model":"m","messages":"hello"}', 'messages'],
      ['chat', '{"model":"m","messages":null}', 'messages'],
      ['chat', '{"model":"m","messages":[],"stream":"true"}', 'stream'],
      ['chat', '{"model":"m","messages":[],"stream":1}', 'stream'],
      ['completion', '{"model":"m"}', 'prompt'],
      ['completion', '{"model":"m","prompt":{}}', 'prompt'],
      ['response', '{"model":"m","input":1}', 'input'],
      ['embedding', '{"model":"m"}', 'input'],
      ['embedding', '{"model":"m","input":{}}', 'input'],
    ];
  for (const [operation, body, param] of refused) {
    it(`is refused as ${operation}: ${body.slice(0, 60)}`, () => {
      const read = readQuestion(operation, bytesOf(body));
      assert.equal(read.ok, false);
      assert.equal(!read.ok && read.refusal.code, 'body_invalid');
      assert.equal(!read.ok && read.refusal.param, param);
      assert.equal(!read.ok && read.refusal.message.includes('m'.repeat(50)), false);
    });
  }

  it('may leave the input of a response to a stored prompt', () => {
    assert.equal(readQuestion('response', bytesOf('{"model":"m","prompt":{"id":"p"}}')).ok, true);
  });

  it('is told which kinds the field may have', () => {
    const told = (operation: SpokenOperation, body: string): string => {
      const read = readQuestion(operation, bytesOf(body));
      return read.ok ? '' : read.refusal.message;
    };
    assert.equal(
      told('chat', '{"model":"m","messages":{}}'),
      'The field `messages` must be an array.',
    );
    assert.equal(
      told('completion', '{"model":"m","prompt":1}'),
      'The field `prompt` must be a string or an array.',
    );
  });

  it('names the byte where the JSON breaks', () => {
    const read = readQuestion('chat', bytesOf('{"model":"m","messages":[}'));
    assert.match(read.ok ? '' : read.refusal.message, /byte 25/);
  });

  it('never throws, whatever the bytes', () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc
        .tuple(jsonTexts(ODD).object, jsonTexts(ODD).value, fc.array(wound, { maxLength: 2 }))
        .map(([fields, held, wounds]) => {
          const inner = fields.trim().slice(1, -1).trim();
          const rest = inner === '' ? '' : `,${inner}`;
          const text = `{"model":"auto","messages":[${held}],"tools":${held}${rest}}`;
          return bytesOf(wounds.reduce((so, one) => one(so), text));
        }),
    );
    const operation = fc.constantFrom<SpokenOperation>(
      'chat',
      'completion',
      'response',
      'embedding',
    );
    fc.assert(
      fc.property(operation, body, (asked, bytes) => {
        const read = readQuestion(asked, bytes);
        if (!read.ok) return;
        const question = read.value;
        assert.equal(typeof question.unreadableParts, 'boolean');
        assert.equal(typeof question.lastInstruction(), 'string');
        assert.ok(question.sessionBytes('').length >= 0);
        assert.ok(question.render('other', true).length > 0);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('what deciding needs of a question', () => {
  it('is read from the fields that the dialect knows', () => {
    const question = questionOf(
      `{${CHAT},"stream":true,"stream_options":{"include_usage":true},"max_tokens":7,` +
        '"tools":[{}],"metadata":{"session_id":"s-1"},"n":3}',
    );
    assert.equal(question.model, 'm');
    assert.equal(question.stream, true);
    assert.equal(question.usageWanted, true);
    assert.equal(question.outputTokensMax, 7);
    assert.equal(question.answersWanted, 3);
    assert.equal(question.toolsOffered, true);
    assert.equal(question.sessionHint, 's-1');
    assert.equal(question.statefulReference, undefined);
    assert.equal(question.inputTokensEstimate, Math.ceil(question.bytes.length / 4));
  });

  const bounds: readonly (readonly [fields: string, tokens: number | undefined])[] = [
    ['', undefined],
    ['"max_tokens":10', 10],
    ['"max_completion_tokens":20', 20],
    ['"max_output_tokens":30', 30],
    ['"max_tokens":10,"max_completion_tokens":20', 20],
    ['"max_tokens":null', undefined],
    ['"max_tokens":0', undefined],
    ['"max_tokens":-1', undefined],
    ['"max_tokens":1.5', undefined],
    ['"max_tokens":"10"', undefined],
  ];
  for (const [fields, tokens] of bounds) {
    it(`has the output bound ${tokens} with {${fields}}`, () => {
      const text = `{${CHAT}${fields === '' ? '' : `,${fields}`}}`;
      assert.equal(questionOf(text).outputTokensMax, tokens);
    });
  }

  const counts: readonly (readonly [SpokenOperation, fields: string, answers: number])[] = [
    ['chat', CHAT, 1],
    ['chat', `${CHAT},"n":4`, 4],
    ['chat', `${CHAT},"n":0`, 1],
    ['chat', `${CHAT},"n":null`, 1],
    ['chat', `${CHAT},"n":1e9`, 1_024],
    ['completion', '"model":"m","prompt":"a","n":2,"best_of":5', 5],
    ['completion', '"model":"m","prompt":["a","b","c"],"n":2', 6],
    ['completion', '"model":"m","prompt":[1,2,3]', 1],
    ['completion', '"model":"m","prompt":[[1,2],[3]]', 2],
    ['completion', '"model":"m","prompt":[]', 1],
    ['embedding', '"model":"m","input":["a","b"],"n":9', 1],
  ];
  for (const [operation, fields, answers] of counts) {
    it(`counts ${answers} answers in ${operation} {${fields}}`, () => {
      assert.equal(questionOf(`{${fields}}`, operation).answersWanted, answers);
    });
  }

  const references: readonly (readonly [fields: string, reference: string | undefined])[] = [
    ['"previous_response_id":"resp_1"', 'resp_1'],
    ['"previous_response_id":null', undefined],
    ['"conversation":"conv_1"', 'conv_1'],
    ['"conversation":{"id":"conv_2"}', 'conv_2'],
    ['"conversation":null', undefined],
  ];
  for (const [fields, reference] of references) {
    it(`refers to ${reference} with {${fields}}`, () => {
      const question = questionOf(`{"model":"m","input":"x",${fields}}`, 'response');
      assert.equal(question.statefulReference, reference);
    });
  }

  it('offers no tools when the list is empty or null, and some where it is no list', () => {
    for (const tools of ['[]', '[ \n]', 'null']) {
      assert.equal(questionOf(`{${CHAT},"tools":${tools}}`).toolsOffered, false);
    }
    for (const tools of ['[ {}]', '{}', '7']) {
      assert.equal(questionOf(`{${CHAT},"tools":${tools}}`).toolsOffered, true);
    }
  });
});
