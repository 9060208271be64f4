import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOM_KEPT_MS, Room } from './room.ts';

test('a model keeps the context that was asked for until nobody has needed it for a while', () => {
  const room = new Room();
  assert.equal(room.tokens(0), 0);
  room.ask(8_192, 1_000);
  assert.equal(room.tokens(1_000), 8_192);
  assert.equal(room.tokens(999 + ROOM_KEPT_MS), 8_192);
  assert.equal(room.tokens(1_000 + ROOM_KEPT_MS), 0);
  room.ask(16_384, 500_000);
  assert.equal(room.tokens(500_000), 16_384);
});
