import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { counting, jsonTexts, ODD, PLAIN, wound } from './json.fixture.ts';
import {
  DEPTH_MAX,
  ELEMENTS_MAX,
  FIELDS_MAX,
  type Field,
  innerElements,
  innerFields,
  integerAt,
  lastField,
  readObject,
  stringAt,
} from './json.ts';

fc.configureGlobal({ seed: 4141 });

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function fieldsOf(text: string): readonly Field[] {
  const reading = readObject(bytesOf(text));
  assert.equal(reading.kind, 'object', text);
  return reading.kind === 'object' ? reading.fields : [];
}

/** True, false, or what JSON.parse makes of it. */
function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

describe('the JSON scanner beside JSON.parse', () => {
  it('finds every field, and each span holds exactly its value', () => {
    fc.assert(
      fc.property(jsonTexts(ODD).object, (text) => {
        const bytes = bytesOf(text);
        const found = new Map<string, unknown>();
        for (const field of fieldsOf(text)) {
          const span = textOf(bytes.subarray(field.valueStart, field.valueEnd));
          const value: unknown = JSON.parse(span);
          found.set(field.key, value);
          assert.equal(field.kind, kindOf(value));
          if (field.kind !== 'string') continue;
          assert.equal(stringAt(bytes, field.valueStart, field.valueEnd), value);
        }
        const whole: unknown = JSON.parse(text);
        assert.ok(isObject(whole));
        assert.deepEqual(found, new Map(Object.entries(whole)), 'the last of two fields counts');
      }),
      { numRuns: 300 },
    );
  });

  it('agrees on what is one object and what is not, whatever was done to it', () => {
    fc.assert(
      fc.property(
        jsonTexts(PLAIN).object,
        fc.array(wound, { minLength: 1, maxLength: 3 }),
        (text, wounds) => {
          const hurt = wounds.reduce((so, one) => one(so), text);
          const theirs = parsed(hurt);
          const ours = readObject(bytesOf(hurt)).kind === 'object';
          assert.equal(ours, theirs !== undefined && isObject(theirs.value), hurt);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never refuses what JSON.parse takes, escapes and white space included', () => {
    fc.assert(
      fc.property(jsonTexts(ODD).object, wound, (text, hurt) => {
        const changed = hurt(text);
        const theirs = parsed(changed);
        if (theirs === undefined || !isObject(theirs.value)) return;
        assert.equal(readObject(bytesOf(changed)).kind, 'object', changed);
      }),
      { numRuns: 1_000 },
    );
  });

  it('walks into objects and arrays as deep as they go', () => {
    fc.assert(
      fc.property(jsonTexts(ODD).value, (text) => {
        const bytes = bytesOf(`{"held":${text}}`);
        const [held] = fieldsOf(textOf(bytes));
        assert.ok(held !== undefined);
        assert.deepEqual(walked(bytes, held), JSON.parse(text));
      }),
    );
  });
});

function kindOf(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

/** The value put together from spans alone. */
function walked(bytes: Uint8Array, { kind, valueStart, valueEnd }: Field): unknown {
  if (kind === 'object') {
    const made: Record<string, unknown> = {};
    for (const field of innerFields(bytes, valueStart) ?? []) {
      const value = walked(bytes, field);
      Object.defineProperty(made, field.key, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return made;
  }
  if (kind === 'array') {
    const made: unknown[] = [];
    const whole = innerElements(bytes, valueStart, ({ kind, start, end }) => {
      const field = {
        key: '',
        escaped: false,
        keyStart: 0,
        valueStart: start,
        valueEnd: end,
        kind,
      };
      made.push(walked(bytes, field));
    });
    assert.equal(whole, true);
    return made;
  }
  return JSON.parse(textOf(bytes.subarray(valueStart, valueEnd)));
}

describe('the JSON scanner alone', () => {
  const refused: readonly (readonly [text: string, at: number])[] = [
    ['', 0],
    ['   ', 3],
    ['[]', 0],
    ['"a"', 0],
    ['\ufeff{}', 0],
    ['{', 1],
    ['{"a"', 4],
    ['{"a":', 5],
    ['{"a":1', 6],
    ['{"a":1,', 7],
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ["{'a':1}", 1],
    ['{a:1}', 1],
    ['{"a":1}x', 7],
    ['{"a":1} {}', 8],
    ['{"a":01}', 5],
    ['{"a":+1}', 5],
    ['{"a":.5}', 5],
    ['{"a":1.}', 5],
    ['{"a":1e}', 5],
    ['{"a":-}', 5],
    ['{"a":0x1}', 6],
    ['{"a":NaN}', 5],
    ['{"a":nul}', 5],
    ['{"a":True}', 5],
    ['{"a":[1 2]}', 8],
    ['{"a":[1,]}', 8],
    ['{"a":[,1]}', 6],
    ['{"a":[1}', 7],
    ['{"a":{"b":1]}', 11],
    ['{"a":{b:1}}', 6],
    ['{"a":{"b"}}', 9],
    ['{"a":"x', 5],
    ['{"a":"x\\"', 5],
    ['{"a\\u12":1}', 1],
    ['{"a":1/**/}', 6],
  ];
  for (const [text, at] of refused) {
    it(`refuses ${JSON.stringify(text)} at byte ${at}`, () => {
      const reading = readObject(bytesOf(text));
      assert.equal(reading.kind, 'invalid');
      assert.equal(reading.kind === 'invalid' && reading.at, at);
    });
  }

  it('leaves control characters and escapes inside values to whoever parses them', () => {
    for (const text of ['{"a":"line\nbreak"}', '{"a":"\\q"}', '{"a":"\\u12"}', '{"a":"\u0000"}']) {
      assert.equal(parsed(text), undefined);
      assert.equal(readObject(bytesOf(text)).kind, 'object');
    }
    const broken = bytesOf('{"a":"\\u12"}');
    assert.equal(stringAt(broken, 5, broken.length - 1), undefined);
  });

  it('leaves bytes that are no UTF-8 to whoever parses them', () => {
    const bytes = Uint8Array.from([...bytesOf('{"a":"'), 0xff, 0xc0, 0x80, ...bytesOf('"}')]);
    assert.equal(readObject(bytes).kind, 'object');
  });

  it('takes a byte order mark inside a text for the character it is', () => {
    const bytes = bytesOf('{"\ufeffmodel":"\ufeffx"}');
    const reading = readObject(bytes);
    assert.equal(reading.kind, 'object');
    const [field] = reading.kind === 'object' ? reading.fields : [];
    assert.equal(field?.key, '\ufeffmodel');
    assert.equal(stringAt(bytes, field?.valueStart ?? 0, field?.valueEnd ?? 0), '\ufeffx');
  });

  it('tells escaped keys from plain ones', () => {
    const [plain, masked] = fieldsOf('{"model":1,"mod\\u0065l":2}');
    assert.deepEqual([plain?.key, plain?.escaped], ['model', false]);
    assert.deepEqual([masked?.key, masked?.escaped], ['model', true]);
  });

  it('gives the last of two fields with one name', () => {
    const fields = fieldsOf('{"a":1,"b":2,"a":3}');
    assert.equal(lastField(fields, 'a'), fields[2]);
    assert.equal(lastField(fields, 'c'), undefined);
  });

  it('reads `__proto__` as a name like any other', () => {
    const fields = fieldsOf('{"__proto__":{"admin":true},"a":1}');
    assert.deepEqual(
      fields.map((one) => one.key),
      ['__proto__', 'a'],
    );
    assert.equal(Object.hasOwn(Object.prototype, 'admin'), false);
  });

  it('reads whole numbers that are exact, and no others', () => {
    const numbers = '{"a":17,"b":1e3,"c":1.5,"d":9007199254740993,"e":"1","f":-2,"g":1e400}';
    const bytes = bytesOf(numbers);
    assert.deepEqual(
      fieldsOf(numbers).map((field) => integerAt(bytes, field)),
      [17, 1_000, undefined, undefined, undefined, -2, undefined],
    );
  });
});

describe('bounds of the JSON scanner', () => {
  const nested = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;

  it(`takes ${DEPTH_MAX} levels and no more`, () => {
    assert.equal(readObject(bytesOf(nested(DEPTH_MAX))).kind, 'object');
    assert.equal(readObject(bytesOf(nested(DEPTH_MAX + 1))).kind, 'invalid');
    const objects = `{"a":${'{"a":'.repeat(DEPTH_MAX + 1)}1${'}'.repeat(DEPTH_MAX + 2)}`;
    assert.equal(readObject(bytesOf(objects)).kind, 'invalid');
  });

  it('refuses 100,000 nested brackets after the first few hundred bytes', () => {
    for (const text of [nested(100_000), `{"a":${'['.repeat(100_000)}`, '{"a":'.repeat(100_000)]) {
      const { bytes, looks } = counting(bytesOf(text));
      const reading = readObject(bytes);
      assert.equal(reading.kind, 'invalid');
      assert.ok(looks() < 10_000, `${looks()} looks`);
    }
  });

  it('refuses an object with too many fields, inside and outside', () => {
    const many = (count: number): string =>
      `{${Array.from({ length: count }, (_, i) => `"k${i}":0`).join(',')}}`;
    assert.equal(readObject(bytesOf(many(FIELDS_MAX))).kind, 'object');
    assert.equal(readObject(bytesOf(many(FIELDS_MAX + 1))).kind, 'invalid');
    const inside = bytesOf(many(FIELDS_MAX + 1));
    assert.equal(innerFields(inside, 0), undefined);
  });

  it('says so when a list is too long to be looked at, or holds a broken key', () => {
    const list = (elements: string): boolean =>
      innerElements(bytesOf(`[${elements}]`), 0, () => undefined);
    assert.equal(list('1,'.repeat(ELEMENTS_MAX - 1).concat('1')), true);
    assert.equal(list('1,'.repeat(ELEMENTS_MAX).concat('1')), false);
    assert.equal(list('{"a":1},{"\\u12":1}'), false);
    assert.equal(innerFields(bytesOf('{"\\u12":1}'), 0), undefined);
    assert.equal(innerFields(bytesOf('[1]'), 0), undefined);
  });

  const shapes: readonly (readonly [name: string, of: (size: number) => string])[] = [
    ['a long string', (size) => `{"a":"${'x'.repeat(size)}"}`],
    ['escaped quotes', (size) => `{"a":"${'\\"'.repeat(size)}"}`],
    ['backslashes', (size) => `{"a":"${'\\\\'.repeat(size)}"}`],
    ['quotes after backslashes', (size) => `{"a":"${'\\\\\\"'.repeat(size)}"}`],
    ['an open string of backslashes', (size) => `{"a":"${'\\'.repeat(size)}`],
    ['a long key', (size) => `{"${'k'.repeat(size)}":1}`],
    ['many short strings', (size) => `{"a":[${'"x",'.repeat(size)}1]}`],
    ['many objects', (size) => `{"a":[${'{"b":1},'.repeat(size)}1]}`],
    ['digits', (size) => `{"a":${'9'.repeat(size)}}`],
    ['white space', (size) => `{"a":${' '.repeat(size)}1${'\n'.repeat(size)}}`],
    ['short nests', (size) => `{"a":[${'[[[]]],'.repeat(size)}1]}`],
  ];
  for (const [name, of] of shapes) {
    it(`looks at ${name} of twice the length about twice as often`, () => {
      const looksAt = (size: number): number => {
        const { bytes, looks } = counting(bytesOf(of(size)));
        readObject(bytes);
        return looks();
      };
      const [once, twice] = [looksAt(2_000), looksAt(4_000)];
      assert.ok(twice <= once * 2.1, `${once} looks, then ${twice}`);
      assert.ok(once <= of(2_000).length * 4, `${once} looks at ${of(2_000).length} bytes`);
    });
  }
});
