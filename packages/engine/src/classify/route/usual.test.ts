import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tenantName } from '@signalbox/contract';
import { Reader } from './features.ts';
import { FeatureKeeping } from './keeping.ts';
import { Usual } from './usual.ts';

const reader = new Reader(17);
const THINGS = ['apples', 'letters', 'lamps', 'tickets', 'bolts', 'trains', 'maps', 'ships'];
const own = (at: number): string =>
  `${THINGS[at % 8]} ${THINGS[(at >> 3) % 8]} q${String.fromCharCode(97 + (at % 26))}x`;
const placesOf = (text: string): readonly number[] => [...reader.read({ text }).places];
const NONE: ReadonlyMap<number, number> = new Map();

describe('what a tenant always says', () => {
  it('is scored in its first calls, and left out from then on, wherever it stands', () => {
    const usual = new Usual();
    const [gadget] = placesOf('gaussian');
    const seen = Array.from({ length: 40 }, (_, at) => {
      const text = at % 2 === 0 ? `gaussian ${own(at)}` : `${own(at)} gaussian`;
      const kept = usual.without(reader.read({ text }), NONE);
      return [...kept.places].includes(gadget ?? -1);
    });
    assert.deepEqual(
      seen.slice(0, 16),
      Array.from({ length: 16 }, () => true),
    );
    assert.ok(seen.slice(16).every((one) => !one));
  });

  it('stays where texts in training had it as often, and what differs always stays', () => {
    const usual = new Usual();
    const common = new Map(placesOf('answer').map((place) => [place, 0.9] as const));
    let kept = reader.read({ text: '' });
    for (let at = 0; at < 40; at += 1) {
      kept = usual.without(reader.read({ text: `answer ${own(at)}` }), common);
    }
    const whole = reader.read({ text: `answer ${own(39)}` });
    assert.ok([...kept.places].includes(placesOf('answer')[0] ?? -1));
    assert.deepEqual(kept.words, whole.words);
  });

  it('is forgotten when it is no longer said', () => {
    const usual = new Usual();
    const [word] = placesOf('gaussian');
    const say = (text: string) => usual.without(reader.read({ text }), NONE);
    for (let at = 0; at < 300; at += 1) say(`gaussian ${own(at)}`);
    assert.ok(![...say(`gaussian ${own(1)}`).places].includes(word ?? -1));
    for (let at = 0; at < 600; at += 1) say(own(at));
    assert.ok([...say(`gaussian ${own(2)}`).places].includes(word ?? -1));
  });
});

describe('what is kept of calls', () => {
  it('is nothing where the key is gone between the call and its writing', () => {
    const keeping = new FeatureKeeping();
    const acme = tenantName('acme');
    let isOpen = true;
    const seal = (): string => {
      assert.ok(isOpen, 'sealed without a key');
      return 'c2VhbGVk';
    };
    assert.deepEqual([keeping.takes('x'), keeping.bodyOf(acme, 'x')], [false, undefined]);
    keeping.sealWith({ isOpen: () => isOpen, seal });
    assert.equal(keeping.takes('x'), true);
    assert.deepEqual(keeping.bodyOf(acme, 'x'), { sealed: 'c2VhbGVk' });
    isOpen = false;
    assert.equal(keeping.bodyOf(acme, 'x'), undefined);
  });
});
