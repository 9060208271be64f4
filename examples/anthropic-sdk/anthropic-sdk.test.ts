import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram, startGateway } from '../example.fixture.ts';

test('the client of Anthropic works with another base URL and key alone', async (context) => {
  const { environment } = await startGateway(context);
  const said = await runProgram(new URL('anthropic.mjs', import.meta.url), environment);
  assert.match(said, /^chat: refund$/m);
  assert.match(said, /^stream: Hello! How can I help/m);
  assert.match(said, /^tool: get_weather \{"city":"Paris"\}$/m);
  assert.match(said, /^answer: .+/m);
  assert.match(said, /^refused: 404 model_unknown$/m);
});
