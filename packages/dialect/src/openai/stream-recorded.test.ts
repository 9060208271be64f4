// Replays recorded streams of many providers, where a folder of them is at hand: one JSON chunk a
// line (`*.chunks.txt`), or whole HTTP answers (`*.http`).
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Operation } from '@signalbox/contract';
import { eventsOf, parsedObject, passed, slowFacts, slowHidden } from './stream.fixture.ts';
import { streamReader } from './stream.ts';

const folder = process.env['SIGNALBOX_FIXTURES'];
const skip =
  folder === undefined ? 'set SIGNALBOX_FIXTURES to a folder of recorded streams' : false;

type Recorded = { readonly name: string; readonly operation: Operation; readonly text: string };

function recorded(root: string): readonly Recorded[] {
  const chunks = globSync(`${root}/**/*.chunks.txt`).map((name) => {
    const lines = readFileSync(name, 'utf8').split('\n').filter(Boolean);
    return { name, text: `${lines.map((line) => `data: ${line}\n\n`).join('')}data: [DONE]\n\n` };
  });
  const answers = globSync(`${root}/**/*stream*.http`).map((name) => {
    const [, ...body] = readFileSync(name, 'utf8').split(/\r?\n\r?\n(?=data:|event:)/);
    return { name, text: body.join('\n\n') };
  });
  return [...chunks, ...answers]
    .filter(({ text }) => text !== '')
    .map((one) => {
      const typed = one.text.includes('"type":"response.');
      return { ...one, operation: typed ? 'response' : 'chat' };
    });
}

/** Pieces of growing odd sizes: over a long stream every kind of cut comes about. */
function pieces(bytes: Uint8Array): readonly Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7 + 3) % 1_013) {
    cut.push(bytes.subarray(at, at + Math.max(1, size)));
    size = Math.max(1, size);
  }
  return cut;
}

const jsonEvents = (text: string): readonly unknown[] =>
  eventsOf(text).map((lines) => {
    const datas = lines.filter((line) => line.startsWith('data:'));
    return (datas.length === 1 && parsedObject(datas[0]?.slice(5) ?? '')) || lines;
  });

describe('recorded streams', { skip }, () => {
  for (const { name, operation, text } of folder === undefined ? [] : recorded(folder)) {
    it(`pass and are understood: ${name.slice((folder ?? '').length + 1)}`, () => {
      const bytes = new TextEncoder().encode(text);
      const expected = slowFacts(operation, text);
      for (const chunks of [[bytes], pieces(bytes)]) {
        const reader = streamReader(operation, false);
        assert.equal(passed(reader, chunks), text);
        assert.deepEqual(reader.facts(), expected);
        if (operation === 'response') continue;
        const hiding = streamReader(operation, true);
        assert.deepEqual(jsonEvents(passed(hiding, chunks)), slowHidden(text));
        assert.deepEqual(hiding.facts(), expected);
      }
    });
  }
});
