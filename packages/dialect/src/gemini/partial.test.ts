import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../canon/canon.ts';
import { Assembly } from './partial.ts';

function textOf(pieces: readonly Json[]): string | undefined {
  const assembly = new Assembly();
  return pieces.every((piece) => assembly.push(piece)) ? assembly.text() : undefined;
}
const text = (jsonPath: string, stringValue: string): Json => ({ jsonPath, stringValue });

describe('arguments in pieces', () => {
  it('have values of every kind', () => {
    const pieces = [
      text('$.a', 'x"'),
      { jsonPath: '$.b', numberValue: 1.5 },
      { jsonPath: '$.c', boolValue: false },
      { jsonPath: '$.d', nullValue: 'NULL_VALUE' },
      { jsonPath: '$.e', nullValue: null },
    ];
    assert.equal(textOf(pieces), '{"a":"x\\"","b":1.5,"c":false,"d":null,"e":null}');
    assert.equal(textOf([]), '{}');
  });

  it('stand at any place, in any order', () => {
    const pieces = [
      text('$.a[1].b', 'one'),
      text('$.a[0].b', 'ze'),
      text('$.c', 'x'),
      text('$.a[0].b', 'ro'),
      text('$.a[3]', 'three'),
    ];
    assert.equal(textOf(pieces), '{"a":[{"b":"zero"},{"b":"one"},null,"three"],"c":"x"}');
  });

  it('have quoted names with anything in them', () => {
    const pieces = [
      text("$['a.b']['it\\'s']", '1'),
      text('$["c\\u0041\\n"]', '2'),
      text('$.__proto__', '3'),
    ];
    assert.equal(textOf(pieces), '{"a.b":{"it\'s":"1"},"cA\\n":"2","__proto__":"3"}');
  });

  it('are refused at no place, and far behind the end of a list', () => {
    for (const path of ['', 'a', '$.a[', '$..a', '$.a[99999]', '$.a[x]', '$[0]']) {
      assert.equal(textOf([text(path, 'x')]), undefined, path);
    }
    assert.equal(textOf([text('$.a', 'x'), text('$.a.b', 'y')]), undefined);
    assert.equal(textOf([{ jsonPath: `$${'.a'.repeat(300)}`, boolValue: true }]), undefined);
  });

  it('are not closed when they are cut off', () => {
    const assembly = new Assembly();
    assembly.push(text('$.a', 'x'));
    assert.throws(() => JSON.parse(assembly.cutText()));
  });
});
