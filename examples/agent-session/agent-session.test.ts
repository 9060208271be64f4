import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram, startGateway } from '../example.fixture.ts';

test('twelve steps run where their kind needs it, and most of the money stays', async (context) => {
  const { environment } = await startGateway(context);
  const said = await runProgram(new URL('agent.mjs', import.meta.url), environment);
  const steps = said
    .split('\n')
    .slice(0, 12)
    .map((line) => line.replace(/^\d+\. /, ''));
  assert.deepEqual(steps, [
    'plan by words: tier 3, step',
    'classify by structure: tier 1, step',
    'extract by structure: tier 1, step',
    'tool_select by structure: tier 1, step',
    'tool_result_digest by structure: tier 1, session',
    'tool_result_digest by structure: tier 1, session',
    'retrieval_summarise by words: tier 1, step',
    'rewrite by words: tier 1, step',
    'code by words: tier 3, step',
    'rag_answer by header: tier 1, step',
    'judge by metadata: tier 3, step',
    'synthesise by position: tier 3, step',
  ]);
  assert.ok(Number(/saved (\d+) %/.exec(said)?.[1]) >= 40, said);
});
