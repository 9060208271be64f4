import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram, startGateway } from '../example.fixture.ts';

test('one fetch is answered on tier 1, and says so in its headers', async (context) => {
  const { environment } = await startGateway(context);
  const said = await runProgram(new URL('call.mjs', import.meta.url), environment);
  assert.match(said, /^refund\ntier: 1\nendpoint: sim-local\nmodel: sim-small\n/);
  assert.match(said, /^sensitivity: public$/m);
  assert.match(said, /^cost-usd: 0\.0000\d+$/m);
  assert.match(said, /^decision-id: dec_[0-9A-Z]{26}$/m);
});
