import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SERVER_KINDS } from '@signalbox/dialect';
import fc from 'fast-check';
import {
  AT_MS,
  answerOf,
  kindNamed,
  LLAMA_SERVER,
  LM_STUDIO,
  OLD_LM_STUDIO,
  OLLAMA,
  type Pages,
  purposes,
  roundOf,
  SGLANG,
  silence,
  TGI,
  VLLM,
} from './probe.fixture.ts';
import { MODEL_STALE_MS, MODELS_ASKED_MAX, probesOf, probesOfModels, seenIn } from './probe.ts';
import {
  contextTokensOf,
  type EndpointKnown,
  type Facts,
  FROM_KIND,
  mergeProbe,
  NOTHING_KNOWN,
  standingOf,
} from './probe-facts.ts';

const values = (facts: Facts): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(facts)
      .filter(([, fact]) => fact.from !== FROM_KIND)
      .map(([name, fact]) => [name, fact.value]),
  );

function seen(name: string, pages: Pages, urlPath = '/v1') {
  return seenIn(kindNamed(name), roundOf(kindNamed(name), pages, urlPath), AT_MS);
}
const known = (name: string, pages: Pages): EndpointKnown =>
  mergeProbe(NOTHING_KNOWN, seen(name, pages), AT_MS).known;

describe('the questions to an endpoint', () => {
  it('are those of its kind, below its root', () => {
    const paths = probesOf(kindNamed('llama-server'), '/box/v1', true).map(({ path }) => path);
    assert.deepEqual(paths, [
      '/box/health',
      '/box/v1/models',
      '/box/props',
      '/box/slots',
      '/box/metrics',
    ]);
  });

  it('wake nobody and keep nobody awake', () => {
    const idle = probesOf(kindNamed('llama-server'), '/v1', false);
    assert.deepEqual(purposes(idle), ['health', 'models', 'context']);
  });

  it('are free, of every kind', () => {
    for (const kind of SERVER_KINDS) {
      for (const { method, path, body } of probesOf(kind, kind.bases[0], true)) {
        assert.equal(method, 'GET', path);
        assert.equal(body, undefined);
      }
    }
  });

  it('about single models are bounded, of the longest unasked first, and not repeated', () => {
    const kind = kindNamed('ollama');
    const models = Array.from({ length: 40 }, (_, i) => ({ name: `m${i}` }));
    const pages: Pages = {
      ...OLLAMA,
      '/api/tags': { json: { models } },
      '/api/ps': { json: { models: [] } },
      ...Object.fromEntries(
        models.map(({ name }) => [`/api/show ${name}`, OLLAMA['/api/show big:latest']]),
      ),
    };
    let facts = known('ollama', pages);
    const names: (string | undefined)[] = [];
    for (let round = 0; round < 4; round += 1) {
      const asked = probesOfModels(kind, '/v1', facts, AT_MS);
      assert.ok(asked.length <= MODELS_ASKED_MAX);
      names.push(...asked.map(({ model }) => model));
      const answers = asked.map((one) => answerOf(one, pages));
      facts = mergeProbe(facts, seenIn(kind, answers, AT_MS), AT_MS).known;
    }
    assert.equal(new Set(names).size, 40);
    assert.equal(names.length, 40);
    const later = probesOfModels(kind, '/v1', facts, AT_MS + MODEL_STALE_MS);
    assert.equal(later.length, MODELS_ASKED_MAX);
    assert.deepEqual(later[0]?.body, '{"model":"m0"}');
  });

  it('carry any name of a model safely', () => {
    const kind = kindNamed('ollama');
    const name = '$&"x\\y';
    const facts: EndpointKnown = { endpoint: {}, models: new Map([[name, {}]]) };
    const [asked] = probesOfModels(kind, '/v1', facts, AT_MS);
    assert.deepEqual(JSON.parse(asked?.body ?? ''), { model: name });
  });
});

describe('what the answers tell', () => {
  it('llama-server: the context of a slot, slots, tools, queue and speed', () => {
    const { endpoint, models, listed } = seen('llama-server', LLAMA_SERVER);
    assert.deepEqual(values(endpoint), {
      reachable: true,
      accepted: true,
      version: 'b1-x',
      loadState: 'loaded',
      contextTokens: 2_048,
      slots: 2,
      running: 2,
      queueDepth: 3,
      outputTokensPerSecond: 41.5,
      tools: true,
      vision: false,
    });
    assert.equal(listed, true);
    assert.deepEqual(values(models.get('tiny') ?? {}), {
      contextTokens: 2_048,
      contextTokensMax: 8_192,
    });
  });

  it('every fact says when and from where', () => {
    const { endpoint, models } = seen('llama-server', LLAMA_SERVER);
    assert.deepEqual(endpoint.contextTokens, { value: 2_048, at: AT_MS, from: 'GET /slots' });
    assert.equal(endpoint.tools?.from, 'GET /props');
    assert.equal(endpoint.reachable?.from, 'GET /health');
    assert.equal(endpoint.accepted?.from, 'GET /v1/models');
    assert.deepEqual(endpoint.jsonSchema, { value: true, at: AT_MS, from: FROM_KIND });
    assert.equal(models.get('tiny')?.contextTokens?.from, 'GET /v1/models');
  });

  it('llama-server asleep, loading, or as a router with cold models is not down', () => {
    const asleep = known('llama-server', {
      ...LLAMA_SERVER,
      '/props': { json: { default_generation_settings: { n_ctx: 2_048 }, is_sleeping: true } },
    });
    assert.equal(standingOf(asleep, 'tiny'), 'cold');
    const loading = known('llama-server', {
      '/health': { status: 503, json: { error: { code: 503, message: 'Loading model' } } },
      '/v1/models': { status: 503, json: { error: { code: 503, message: 'Loading model' } } },
    });
    assert.equal(loading.endpoint.reachable?.value, true);
    assert.equal(standingOf(loading, 'tiny'), 'cold');
    const states = ['unloaded', 'loading', 'loaded', 'sleeping', 'failed'];
    const data = states.map((value) => ({ id: value, status: { value } }));
    const router = known('llama-server', {
      '/health': { json: { status: 'ok' } },
      '/v1/models': { json: { data } },
      '/props': { json: { role: 'router', default_generation_settings: { n_ctx: 0 } } },
    });
    assert.equal(router.endpoint.contextTokens, undefined);
    assert.deepEqual(
      states.map((name) => standingOf(router, name)),
      ['cold', 'cold', 'ready', 'cold', 'down'],
    );
  });

  it('a local server: what is in memory, what is on the disk, and with which context', () => {
    const kind = kindNamed('ollama');
    const first = mergeProbe(NOTHING_KNOWN, seen('ollama', OLLAMA), AT_MS).known;
    assert.deepEqual(values(first.models.get('big:latest') ?? {}), {
      loadState: 'loaded',
      contextTokens: 4_096,
    });
    assert.equal(standingOf(first, 'big'), 'ready');
    assert.equal(standingOf(first, 'embedder:1b'), 'cold');
    assert.equal(first.endpoint.version?.value, '0.12.11');

    const asked = probesOfModels(kind, '/v1', first, AT_MS);
    const shown = asked.map((one) => answerOf(one, OLLAMA));
    const round = [...shown, ...roundOf(kind, OLLAMA)];
    const { models } = mergeProbe(first, seenIn(kind, round, AT_MS), AT_MS).known;
    assert.deepEqual(values(models.get('big:latest') ?? {}), {
      loadState: 'loaded',
      // As it was loaded, not as its file says, nor as it was trained.
      contextTokens: 4_096,
      contextTokensMax: 131_072,
      tools: true,
      vision: false,
      embeddings: false,
      reasoning: true,
    });
    assert.deepEqual(values(models.get('embedder:1b') ?? {}), {
      loadState: 'cold',
      contextTokensMax: 512,
      tools: false,
      vision: false,
      embeddings: true,
      reasoning: false,
    });
  });

  it('vLLM: the length of its list, gauges over all engines', () => {
    const facts = known('vllm', VLLM);
    assert.equal(contextTokensOf(facts, 'org/model'), 32_768);
    assert.equal(facts.endpoint.running?.value, 7);
    assert.equal(facts.endpoint.queueDepth?.value, 1);
    assert.equal(standingOf(facts, 'org/model'), 'ready');
  });

  it('vLLM: an engine that died behind its door is down', () => {
    const facts = known('vllm', { ...VLLM, '/health': { status: 503, text: '' } });
    assert.equal(facts.endpoint.reachable?.value, false);
    assert.equal(standingOf(facts, 'org/model'), 'down');
  });

  it('LM Studio: loaded instances, the smallest context of them', () => {
    const facts = known('lmstudio', LM_STUDIO);
    assert.deepEqual(values(facts.models.get('maker/loaded') ?? {}), {
      loadState: 'loaded',
      contextTokens: 4_096,
      contextTokensMax: 131_072,
      tools: true,
      vision: true,
    });
    assert.equal(standingOf(facts, 'maker/on-disk'), 'cold');
    assert.equal(facts.models.get('maker/embed')?.embeddings?.value, true);
  });

  it('LM Studio before: the older list', () => {
    const facts = known('lmstudio', OLD_LM_STUDIO);
    assert.deepEqual(values(facts.models.get('loaded') ?? {}), {
      loadState: 'loaded',
      contextTokens: 4_096,
      contextTokensMax: 131_072,
      tools: true,
      vision: true,
    });
    assert.equal(contextTokensOf(facts, 'on-disk'), undefined);
    assert.equal(facts.models.get('on-disk')?.contextTokensMax?.value, 32_768);
    assert.equal(facts.models.get('embed')?.embeddings?.value, true);
  });

  it('TGI: bounds of its one model', () => {
    const facts = known('tgi', TGI);
    assert.equal(contextTokensOf(facts, 'whatever'), 4_096);
    assert.equal(facts.endpoint.queueDepth?.value, 5);
    assert.equal(facts.endpoint.version?.value, '3.3.0');
  });

  it('SGLang: the pool bounds a call, under the older path too', () => {
    const facts = known('sglang', SGLANG);
    assert.equal(facts.endpoint.contextTokens?.value, 30_000);
    assert.equal(facts.endpoint.slots?.value, 48);
    assert.equal(facts.endpoint.outputTokensPerSecond?.value, 123.5);
    assert.equal(facts.endpoint.queueDepth?.value, 2);
  });

  it('NIM: not ready is loading', () => {
    const facts = known('nim', {
      '/v1/health/ready': { status: 503, json: { message: 'Service is not ready.' } },
    });
    assert.equal(standingOf(facts, 'm'), 'cold');
  });

  it('the embedded model: slots and queue with its health', () => {
    const facts = known('embedded', {
      '/health': { json: { status: 'ok', slots: { total: 1, busy: 1, queued: 4 } } },
      '/v1/models': { json: { data: [{ id: 'm', meta: { n_ctx: 4_096 } }] } },
    });
    assert.equal(facts.endpoint.queueDepth?.value, 4);
    assert.equal(contextTokensOf(facts, 'm'), 4_096);
  });
});

describe('lists of vendors', () => {
  const model = (entry: object, list: 'data' | 'models' = 'data') => {
    const facts = known('openai-compatible', { '/v1/models': { json: { [list]: [entry] } } });
    const [found] = facts.models;
    return found === undefined ? undefined : [found[0], values(found[1])];
  };

  it('tell the context under many names', () => {
    for (const key of ['context_window', 'context_length', 'max_model_len', 'max_input_tokens']) {
      assert.deepEqual(model({ id: 'm', [key]: 1_000 }), ['m', { contextTokens: 1_000 }], key);
    }
    const max = {
      id: 'm',
      max_context_length: 9,
      capabilities: { function_calling: true, vision: false },
    };
    assert.deepEqual(model(max), [
      'm',
      { contextTokens: 9, contextTokensMax: 9, tools: true, vision: false },
    ]);
  });

  it('tell abilities as parameters, methods, flags and offers', () => {
    assert.deepEqual(
      model({
        id: 'a/b',
        context_length: 5,
        supported_parameters: ['tools', 'logprobs'],
        architecture: { input_modalities: ['text', 'image'] },
      }),
      [
        'a/b',
        {
          contextTokens: 5,
          tools: true,
          vision: true,
          jsonSchema: false,
          logprobs: true,
          reasoning: false,
        },
      ],
    );
    const methods = {
      name: 'models/g',
      inputTokenLimit: 7,
      supportedGenerationMethods: ['embedContent'],
    };
    assert.deepEqual(model(methods, 'models'), ['g', { contextTokens: 7, embeddings: true }]);
    const offers = [
      { context_length: 8, supports_tools: false, supports_structured_output: false },
      { context_length: 6, supports_tools: true },
    ];
    assert.deepEqual(model({ id: 'h', providers: offers }), [
      'h',
      { contextTokens: 8, tools: true, jsonSchema: false },
    ]);
    assert.deepEqual(
      model({ id: 'n', capabilities: { structured_outputs: { supported: true } } }),
      ['n', { jsonSchema: true }],
    );
  });

  it('may be bare, cut, or hold what is no model', () => {
    const bare = seen('openai-compatible', {
      '/v1/models': { json: [{ id: 'm' }, 'n', 3, null, {}] },
    });
    assert.deepEqual([...bare.models.keys()], ['m', 'n']);
    const cut = seen('openai-compatible', { '/v1/models': { json: { data: [], has_more: true } } });
    assert.equal(cut.listed, false);
    assert.equal(model({ id: 'gone', active: false }), undefined);
    assert.equal(model({ id: 'two words' }), undefined);
    assert.equal(model({ id: 'x'.repeat(201) }), undefined);
  });
});

describe('who answers, and who does not', () => {
  it('nobody is down; nobody asked is not known', () => {
    const kind = kindNamed('vllm');
    const down = mergeProbe(NOTHING_KNOWN, seenIn(kind, silence(kind), AT_MS), AT_MS).known;
    assert.equal(standingOf(down, 'm'), 'down');
    const unasked = mergeProbe(NOTHING_KNOWN, seenIn(kind, [], AT_MS), AT_MS).known;
    assert.equal(standingOf(unasked, 'm'), 'unknown');
  });

  it('a bad credential is told from a dead server', () => {
    const page = { status: 401, json: { error: { message: 'no' } } };
    const facts = known('openai', { '/v1/models': page });
    assert.deepEqual(values(facts.endpoint), { reachable: true, accepted: false });
    assert.equal(standingOf(facts, 'm'), 'down');
  });

  it('a good health without a key does not accept the key', () => {
    const facts = known('vllm', { ...VLLM, '/v1/models': { status: 401, text: '{}' } });
    assert.equal(facts.endpoint.accepted?.value, false);
  });

  it('a page of a proxy is nobody, whatever its status', () => {
    const html = '<html><title>Welcome</title></html>';
    assert.equal(
      known('openai', { '/v1/models': { status: 502, text: html } }).endpoint.reachable?.value,
      false,
    );
    assert.equal(
      known('openai', { '/v1/models': { status: 200, text: html } }).endpoint.reachable?.value,
      false,
    );
  });

  it('a server that lacks a question, or limits it, is there', () => {
    for (const status of [404, 405, 429, 500, 501]) {
      const facts = known('openai', { '/v1/models': { status, text: 'no' } });
      assert.equal(facts.endpoint.reachable?.value, true, String(status));
    }
  });

  it('any answer whatever is read without a throw', () => {
    const kinds = fc.constantFrom(...SERVER_KINDS);
    const page = fc.record({
      status: fc.constantFrom(200, 204, 302, 401, 404, 500, 503),
      body: fc.oneof(fc.json(), fc.string(), fc.constant('[{"n_ctx":-1}]')),
    });
    fc.assert(
      fc.property(kinds, fc.array(page, { minLength: 8, maxLength: 8 }), (kind, pages) => {
        const answers = probesOf(kind, '/v1', true).map((asked, at) => {
          const { status, body } = pages[at % pages.length] ?? { status: 200, body: '' };
          return { asked, answer: { status, body: new TextEncoder().encode(body) } };
        });
        const { known: facts } = mergeProbe(NOTHING_KNOWN, seenIn(kind, answers, AT_MS), AT_MS);
        const tokens = contextTokensOf(facts, 'm');
        assert.ok(tokens === undefined || (Number.isSafeInteger(tokens) && tokens > 0));
      }),
    );
  });
});
