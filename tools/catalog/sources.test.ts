import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readLitellm } from './litellm.ts';
import { readModelsDev } from './models-dev.ts';
import { isRecord, numeralText, parseKeepingNumerals } from './numerals.ts';

test('numbers keep the text that they were written as', () => {
  const parsed = parseKeepingNumerals('{"a": 2.5e-06, "b": [1.10, "x"], "c": null}');
  assert.ok(isRecord(parsed));
  assert.equal(numeralText(parsed['a']), '2.5e-06');
  assert.ok(Array.isArray(parsed['b']));
  assert.equal(numeralText(parsed['b'][0]), '1.10');
  assert.equal(numeralText(parsed['b'][1]), undefined);
  assert.equal(isRecord(parsed['a']), false);
});

const LITELLM = `{
  "last_updated": "2026-07-24T18:23:43+00:00",
  "sample_spec": {"litellm_provider": "one of many", "input_cost_per_token": 0},
  "gpt-x": {
    "litellm_provider": "openai", "mode": "chat",
    "input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05,
    "cache_read_input_token_cost": 1.25e-06, "cache_creation_input_token_cost_above_1hr": 6e-06,
    "input_cost_per_token_above_200k_tokens": 5e-06,
    "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 1.2e-05,
    "input_cost_per_token_priority": 4.25e-06,
    "input_cost_per_token_above_200k_tokens_priority": 8.5e-06,
    "output_cost_per_token_batches": 5e-06,
    "input_cost_per_audio_token": 1e-04, "regional_processing_uplift_multiplier_eu": 1.1,
    "cost_of_a_new_kind": 1
  },
  "vertex_ai/claude-x@1": {"litellm_provider": "vertex_ai-anthropic_models", "mode": "chat"},
  "azure_ai/embed-x": {
    "litellm_provider": "azure_ai", "mode": "embedding", "input_cost_per_token": 1e-07
  },
  "deepseek/old": {
    "litellm_provider": "deepseek", "mode": "chat", "input_cost_per_token_cache_hit": 7e-08
  },
  "bedrock/eu/1-month-commitment/x": {"litellm_provider": "bedrock", "mode": "chat"},
  "dall-x": {"litellm_provider": "openai", "mode": "image_generation"},
  "elsewhere": {"litellm_provider": "nobody-we-list", "mode": "chat"},
  "fireworks_ai/": {"litellm_provider": "fireworks_ai", "mode": "chat"}
}`;

test("LiteLLM's field names are taken apart into rates, steps and service levels", () => {
  const reading = readLitellm(parseKeepingNumerals(LITELLM));
  assert.equal(reading.date, '2026-07-24');
  assert.deepEqual(
    reading.statements.map(({ provider, model, embedding }) => [provider, model, embedding]),
    [
      ['openai', 'gpt-x', false],
      ['vertex', 'claude-x@1', false],
      ['azure', 'embed-x', true],
      ['deepseek', 'old', false],
    ],
  );
  const [first, , , last] = reading.statements;
  assert.deepEqual(first?.rates, {
    input: 2_500_000,
    output: 10_000_000,
    cachedInput: 1_250_000,
    cacheWriteHour: 6_000_000,
  });
  const step = { input: 5_000_000, cacheWriteHour: 12_000_000 };
  assert.deepEqual([...(first?.steps ?? [])], [[200_000, step]]);
  const priority = first?.services.get('priority');
  assert.deepEqual(priority?.rates, { input: 4_250_000 });
  assert.deepEqual([...(priority?.steps ?? [])], [[200_000, { input: 8_500_000 }]]);
  assert.deepEqual(first?.services.get('batch')?.rates, { output: 5_000_000 });
  assert.deepEqual([...(first?.omits ?? [])].sort(), ['audio', 'region']);
  assert.deepEqual(last?.rates, { cachedInput: 70_000 });
  assert.deepEqual([...reading.unread], ['cost_of_a_new_kind']);
  assert.deepEqual([...reading.others], ['openai dall-x']);
});

const MODELS_DEV = `{
  "google": {"models": {
    "gemini-x": {
      "last_updated": "2026-07-02", "modalities": {"output": ["text"]},
      "cost": {
        "input": 1.25, "output": 10, "cache_input": 0.125, "input_audio": 1, "odd": 1,
        "tiers": [
          {"tier": {"size": 200000}, "input": 2.5, "output": 15},
          {"tier": {}, "input": 1, "output": 1}
        ]
      }
    },
    "gemini-embedding-x": {
      "last_updated": "2026-06-30", "cost": {"input": 0.049999999999999996, "output": 0}
    },
    "veo-x": {"modalities": {"output": ["video"]}, "cost": {"input": 1, "output": 1}}
  }},
  "nobody-we-list": {"models": {"x": {"cost": {"input": 1, "output": 1}}}}
}`;

test('models.dev is read per million tokens, with its misspellings', () => {
  const reading = readModelsDev(parseKeepingNumerals(MODELS_DEV));
  assert.equal(reading.date, '2026-07-02');
  const [chat, embedding] = reading.statements;
  assert.equal(reading.statements.length, 2);
  assert.deepEqual([chat?.provider, chat?.model], ['gemini', 'gemini-x']);
  const rates = { input: 1_250_000, output: 10_000_000, cachedInput: 125_000 };
  assert.deepEqual(chat?.rates, rates);
  const step = { input: 2_500_000, output: 15_000_000 };
  assert.deepEqual([...(chat?.steps ?? [])], [[200_000, step]]);
  assert.deepEqual([...(chat?.omits ?? [])], ['audio']);
  assert.equal(embedding?.embedding, true);
  assert.deepEqual(embedding?.rates, { input: 50_000, output: 0 });
  const rounded = { text: '0.049999999999999996', taken: 50_000 };
  assert.deepEqual([...(embedding?.rounded ?? [])], [['input', rounded]]);
  assert.deepEqual([...reading.unread], ['odd']);
  assert.deepEqual([...reading.others], ['gemini veo-x']);
});

test('property: whatever JSON stands in a source, reading returns', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (text) => {
      const parsed = parseKeepingNumerals(text);
      assert.ok(Array.isArray(readLitellm(parsed).statements));
      assert.ok(Array.isArray(readModelsDev(parsed).statements));
      assert.ok(Array.isArray(readModelsDev({ openai: { models: { x: parsed } } }).statements));
      assert.ok(Array.isArray(readLitellm({ x: parsed }).statements));
    }),
  );
});
