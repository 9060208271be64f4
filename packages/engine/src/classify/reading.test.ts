import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contentOfBody } from '@signalbox/dialect';
import { Reading, readContent } from './reading.ts';

const bytesOf = (body: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(body));

const said = (bytes: Uint8Array) => ({ bytes, content: () => contentOfBody(bytes) });

function read(body: Uint8Array): { types: readonly string[]; steps: number } {
  const reading = new Reading(said(body));
  let steps = 1;
  while (reading.step()) steps += 1;
  return { types: reading.found().map(({ type, count }) => `${type}:${count}`), steps };
}

const SSN = '219-09-9998';
const chat = (content: unknown): object => ({ model: 'm', messages: [{ role: 'user', content }] });

describe('what a body says', () => {
  const cases: readonly (readonly [name: string, body: object, types: readonly string[]])[] = [
    ['a prompt', chat(`My SSN is ${SSN}`), ['us-ssn:1']],
    ['a part of a prompt', chat([{ type: 'text', text: `SSN ${SSN}` }]), ['us-ssn:1']],
    ['escapes around it', chat(`SSN:\n"${SSN}"\t`), ['us-ssn:1']],
    [
      'arguments of a tool, which are JSON in JSON',
      {
        messages: [
          {
            role: 'assistant',
            tool_calls: [{ function: { name: 'f', arguments: `{"ssn":"${SSN}"}` } }],
          },
        ],
      },
      ['us-ssn:1'],
    ],
    [
      'the result of a tool',
      { messages: [{ role: 'tool', content: 'id,ssn\n1,219-09-9998\n2,212-09-9999\n' }] },
      ['us-ssn:2'],
    ],
    [
      'a block of another dialect',
      { contents: [{ parts: [{ text: `ssn ${SSN}` }] }] },
      ['us-ssn:1'],
    ],
    ['a plain input', { model: 'm', input: `ssn ${SSN}` }, ['us-ssn:1']],
    ['a field that nobody knows', { model: 'm', notes: { deep: [`ssn ${SSN}`] } }, ['us-ssn:1']],
    [
      'an address of mail in the description of a tool is no personal data',
      { ...chat('hello'), tools: [{ description: 'for example jo@mail.example.org' }] },
      [],
    ],
    [
      'the description of a tool with somebody in it',
      { ...chat('hello'), tools: [{ description: `answers for SSN ${SSN}` }] },
      ['us-ssn:1'],
    ],
    [
      'a schema with a key in it',
      {
        ...chat('hello'),
        response_format: { json_schema: { description: 'with AKIAQ3EGRVJ5DAYTUS2K' } },
      },
      ['secret:1'],
    ],
    ['nothing', chat('hello'), []],
  ];
  for (const [name, body, types] of cases) {
    it(name, () => assert.deepEqual(read(bytesOf(body)).types, types));
  }

  it('is read as it stands where it is no JSON, and what turns out to be no text is told', () => {
    const types = (text: string): readonly string[] => {
      const bytes: Uint8Array = Buffer.from(text, 'latin1');
      const plain = { start: 0, end: bytes.length, plain: true } as const;
      const reading = new Reading({ bytes, content: () => [plain] });
      while (reading.step());
      return reading.found().map(({ type, kind }) => `${type} ${kind}`);
    };
    assert.deepEqual(types(`ssn ${SSN}`), ['us-ssn government-id']);
    // In JSON a backslash takes what follows with it: here it is a character like others.
    assert.deepEqual(types('mail: C:\\jo.doe@mail.example.org'), ['email-address email']);
    assert.deepEqual(types(`${'text '.repeat(30_000)}\xff ssn ${SSN}`), [
      'us-ssn government-id',
      'unscanned unscanned',
    ]);
  });

  it('is the same when every character is written as an escape', () => {
    const written = [...`SSN ${SSN}`]
      .map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join('');
    const body = new TextEncoder().encode(`{"messages":[{"content":"${written}"}]}`);
    assert.deepEqual(read(body).types, ['us-ssn:1']);
  });

  it('is read in steps, whatever a cut goes through', () => {
    for (let shift = 0; shift < 16; shift += 1) {
      const text = `${'é'.repeat(32_740 + shift)} ssn "${SSN}" ${'word '.repeat(40_000)}`;
      const { types, steps } = read(bytesOf(chat(text)));
      assert.deepEqual(types, ['us-ssn:1'], `shifted by ${shift}`);
      assert.ok(steps >= 4);
    }
  });

  it('is nothing where there is no JSON object', () => {
    assert.deepEqual(read(new TextEncoder().encode('--form\r\n')), { types: [], steps: 1 });
    assert.deepEqual(read(new Uint8Array(0)), { types: [], steps: 1 });
  });
});

const of = (body: unknown) => ({ question: said(bytesOf(body)), tenant: {} });

describe('a large body', () => {
  it('gives the loop a turn between slices, and small ones need none', async () => {
    const turns: (() => void)[] = [];
    const clock = {
      after(_ms: number, then: () => void) {
        turns.push(then);
        return () => undefined;
      },
    };
    assert.deepEqual(readContent(of(chat('hello')), clock), []);
    const found = readContent(of(chat(`${'word '.repeat(20_000)} ssn ${SSN}`)), clock);
    assert.deepEqual(found, [{ type: 'us-ssn', kind: 'government-id', count: 1 }]);
    assert.equal(turns.length, 0);
    const reading = readContent(of(chat(`${'word '.repeat(60_000)} ssn ${SSN}`)), clock);
    let count = 0;
    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
      turn();
      count += 1;
    }
    assert.ok(count >= 4);
    assert.deepEqual(
      (await reading).map(({ type }) => type),
      ['us-ssn'],
    );
  });
});
