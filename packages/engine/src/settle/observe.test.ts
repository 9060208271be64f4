import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpointName } from '@signalbox/contract';
import type { Took } from '../catalog/pace.ts';
import { ANSWER, CHAIN, ended, piece } from '../dispatch/dispatching.fixture.ts';
import { type Built, build, chatOf, settled } from '../house.fixture.ts';

const far = endpointName('far');
const middle = endpointName('middle');
const tookAt = ({ house }: Built, stream: boolean, endpoint = far): Took | undefined =>
  house.live.pace.took(endpoint, stream);

describe('what an answer took', () => {
  it('is learnt of a whole one', async () => {
    const built = build();
    const served = built.serve(chatOf('large'));
    await settled();
    await built.clock.turn(40);
    built.upstream.last.answer(ANSWER);
    await ended(built, served);
    assert.deepEqual(tookAt(built, false), { firstByteMs: 40, totalMs: 40 });
  });

  it('is learnt of a stream when it has ended', async () => {
    const built = build();
    const served = built.serve(chatOf('large', { stream: true }));
    await settled();
    await built.clock.turn(10);
    const dialled = built.upstream.last.stream().event(piece('one'));
    await built.clock.turn(90);
    assert.equal(tookAt(built, true), undefined);
    dialled.chunk('data: [DONE]\n\n').end();
    await ended(built, served);
    assert.deepEqual(tookAt(built, true), { firstByteMs: 10, totalMs: 100 });
  });

  it('is learnt of the endpoint that answered, not of those before it', async () => {
    const built = build(CHAIN);
    const served = built.serve(chatOf('large'));
    await settled();
    await built.clock.turn(500);
    built.upstream.last.answer({}, 503);
    await built.clock.turn(20);
    built.upstream.last.answer(ANSWER);
    await ended(built, served);
    assert.equal(tookAt(built, true), undefined);
    assert.deepEqual(tookAt(built, false, middle), { firstByteMs: 20, totalMs: 20 });
  });

  it("is not learnt of a mistake of the caller's, nor of a stream that broke", async () => {
    const built = build();
    const wrong = built.serve(chatOf('large'));
    await settled();
    built.upstream.last.answer({ error: { message: 'no' } }, 400);
    await ended(built, wrong);
    const broken = built.serve(chatOf('large', { stream: true }));
    await settled();
    built.upstream.last.stream().event(piece('one')).fault('closed_early');
    await ended(built, broken);
    assert.equal(tookAt(built, true), undefined);
  });
});
