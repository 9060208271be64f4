import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram, startGateway } from '../example.fixture.ts';

test('the AI SDK works with other base URLs and keys, by three providers', async (context) => {
  const { environment } = await startGateway(context);
  const said = await runProgram(new URL('ai.mjs', import.meta.url), environment);
  for (const name of ['openai', 'anthropic', 'google']) {
    assert.match(said, new RegExp(`^${name} chat: refund$`, 'm'));
    assert.match(said, new RegExp(`^${name} stream: Hello! How can I help`, 'm'));
    assert.match(said, new RegExp(`^${name} tool: get_weather \\{"city":"Paris"\\}$`, 'm'));
    assert.match(said, new RegExp(`^${name} answer: .+`, 'm'));
  }
  assert.match(said, /^embeddings: 2 of \d{2,}$/m);
  assert.match(said, /^refused: 404 model_unknown$/m);
});
