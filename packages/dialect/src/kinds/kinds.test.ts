import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WIRES } from '../canon/canon.ts';
import { SERVER_KINDS } from './kinds.table.ts';
import { authOf, kindOf, pathBelow, pathOf, quirksOf, stopReasonOf, streamRules } from './kinds.ts';
import { EVERY_OVERFLOW } from './overflow.table.ts';
import { KIND_NAMES, type ServerKind } from './server-kind.ts';

function named(name: string): ServerKind {
  const kind = kindOf(name);
  assert.ok(kind !== undefined, name);
  return kind;
}

/** Questions by POST that cost nothing. */
const FREE_POSTS: ReadonlySet<string> = new Set(['/api/show']);

describe('the table of kinds', () => {
  it('has every name once, and no other', () => {
    assert.deepEqual(
      SERVER_KINDS.map(({ name }) => name),
      [...KIND_NAMES],
    );
    assert.equal(kindOf('nobody'), undefined);
    assert.equal(kindOf('toString'), undefined);
  });

  for (const kind of SERVER_KINDS) {
    it(`${kind.name} is whole`, () => {
      assert.ok(kind.wires[kind.preferred] !== undefined, 'it speaks what it prefers');
      for (const base of kind.bases) assert.match(base, /^(\/[a-z0-9]+)*$/);
      for (const wire of WIRES) {
        for (const path of Object.values(kind.wires[wire] ?? {})) assert.match(path, /^\/[^ ]+$/);
      }
      for (const name of [
        authOf(kind, kind.preferred).header,
        ...kind.extraHeaders.flat().slice(0, 1),
      ]) {
        assert.match(name, /^[a-z][a-z-]*$/);
      }
      for (const rate of kind.rateHeaders) {
        for (const name of [rate.limit, rate.remaining, rate.reset]) {
          if (name !== undefined) assert.equal(name, name.toLowerCase());
        }
        assert.equal(rate.reset === undefined, rate.unit === undefined);
      }
      for (const { word } of kind.errors) assert.equal(word, word?.toLowerCase());
      const listed = kind.probe.find(({ purpose }) => purpose === 'models');
      assert.equal(
        listed === undefined,
        kind.modelsPath === undefined,
        'a list of models is asked',
      );
      assert.ok(kind.source.paths !== undefined && kind.source.errors !== undefined);
      if (kind.probe.length > 0) assert.ok(kind.source.probe !== undefined);
      if (kind.rateHeaders.length > 0) assert.ok(kind.source.limits !== undefined);
      for (const note of kind.notes) assert.match(note, /\.$/);
    });

    it(`${kind.name} is never asked anything that is billed`, () => {
      for (const { method, path, each, body } of kind.probe) {
        assert.ok(method === 'GET' || FREE_POSTS.has(path), path);
        assert.doesNotMatch(path, /chat|complet|generate|embed|messages|responses/);
        assert.equal(each === 'model', body?.includes('{model}') === true);
      }
    });
  }

  it('names gauges where it asks for them, and only there', () => {
    for (const { name, probe, gauges } of SERVER_KINDS) {
      const asks = probe.some(({ reader }) => reader === 'metrics');
      assert.equal(gauges !== undefined, asks, name);
    }
  });

  it('ends every stream somehow', () => {
    for (const kind of SERVER_KINDS) assert.ok(kind.endsWithDone || kind.missingEnd, kind.name);
  });

  it('has no pattern of length that another kind cannot find', () => {
    for (const { overflow, name } of SERVER_KINDS) {
      for (const pattern of overflow) assert.ok(EVERY_OVERFLOW.includes(pattern), name);
    }
  });
});

describe('the path of an operation', () => {
  const chat = { wire: 'openai', operation: 'chat', model: 'm' } as const;

  it('stands below the root, whatever base the URL ends with', () => {
    const ollama = named('ollama');
    const native = { ...chat, wire: 'ollama' } as const;
    for (const [url, own, shared] of [
      ['/v1', '/api/chat', '/v1/chat/completions'],
      ['/api', '/api/chat', '/v1/chat/completions'],
      ['', '/api/chat', '/v1/chat/completions'],
      ['/team/v1', '/team/api/chat', '/team/v1/chat/completions'],
    ] as const) {
      assert.equal(pathOf(ollama, url, native), own, url);
      assert.equal(pathOf(ollama, url, chat), shared, url);
    }
  });

  it('is taken as written where the URL ends with no base', () => {
    assert.equal(pathOf(named('openai'), '/proxy/team', chat), '/proxy/team/chat/completions');
    assert.equal(
      pathOf(named('openai-compatible'), '/any/where', chat),
      '/any/where/chat/completions',
    );
  });

  it('keeps to what the gateway has always called', () => {
    // The paths that the catalog puts below a URL with its version, for every kind it knew first.
    for (const [name, base] of [
      ['openai-compatible', '/v1'],
      ['embedded', '/v1'],
      ['sim', '/v1'],
      ['ollama', '/v1'],
      ['vllm', '/v1'],
      ['llama-server', '/v1'],
      ['lmstudio', '/v1'],
      ['openai', '/v1'],
      ['anthropic', '/v1'],
      ['gemini', '/v1beta/openai'],
    ] as const) {
      assert.equal(pathOf(named(name), base, chat), `${base}/chat/completions`, name);
    }
  });

  it('has the model in it where the dialect wants that', () => {
    const gemini = named('gemini');
    const ask = { wire: 'gemini', operation: 'chat', model: 'models/gemini-x' } as const;
    assert.equal(pathOf(gemini, '/v1beta/openai', ask), '/v1beta/models/gemini-x:generateContent');
    assert.equal(
      pathOf(gemini, '/v1beta', { ...ask, operation: 'stream' }),
      '/v1beta/models/gemini-x:streamGenerateContent?alt=sse',
    );
    assert.equal(
      pathOf(gemini, '/v1beta', { ...ask, model: 'a b?c#d:e$&' }),
      '/v1beta/models/a%20b%3Fc%23d%3Ae%24%26:generateContent',
    );
  });

  it('leads nowhere else, whatever the model is called', () => {
    const ask = { wire: 'gemini', operation: 'chat' } as const;
    for (const model of ['..', '../../v1/files', 'a/../b', '.', '', 'a//b', 'models/']) {
      assert.equal(pathOf(named('gemini'), '/v1beta', { ...ask, model }), undefined, model);
    }
  });

  it('is the same for a stream, unless it is said otherwise', () => {
    const path = pathOf(named('anthropic'), '/v1', {
      wire: 'anthropic',
      operation: 'stream',
      model: 'm',
    });
    assert.equal(path, '/v1/messages');
  });

  it('is none where the server has no such operation', () => {
    assert.equal(
      pathOf(named('groq'), '/openai/v1', { ...chat, operation: 'embedding' }),
      undefined,
    );
    assert.equal(pathOf(named('groq'), '/openai/v1', { ...chat, wire: 'gemini' }), undefined);
  });

  it('of a probe stands below the root too', () => {
    assert.equal(pathBelow(named('llama-server'), '/v1', '/props'), '/props');
    assert.equal(pathBelow(named('llama-server'), '/box/v1', '/v1/models'), '/box/v1/models');
  });
});

describe('what a kind says of a dialect', () => {
  it('the key goes where the dialect wants it', () => {
    assert.deepEqual(authOf(named('anthropic'), 'anthropic'), { header: 'x-api-key', prefix: '' });
    assert.deepEqual(authOf(named('anthropic'), 'openai'), {
      header: 'authorization',
      prefix: 'Bearer ',
    });
  });

  it('quirks are those of the OpenAI dialect', () => {
    assert.equal(quirksOf(named('mistral'), 'openai').callIdShape, 'nine-alphanumeric');
    assert.deepEqual(quirksOf(named('anthropic'), 'anthropic'), {});
  });

  it('streams end and tell usage by its rules', () => {
    assert.deepEqual(streamRules(named('perplexity'), 'openai'), {
      usage: 'every-chunk',
      marked: false,
      missingEnd: true,
    });
    assert.equal(streamRules(named('openai'), 'openai').usage, 'asked');
    assert.equal(streamRules(named('openai'), 'responses').usage, 'always');
    assert.equal(streamRules(named('gemini'), 'gemini').usage, 'every-chunk');
  });

  it('the provider’s word for the end is ours', () => {
    assert.equal(stopReasonOf(named('anthropic'), 'pause_turn'), 'pause');
    assert.equal(stopReasonOf(named('mistral'), 'model_length'), 'length');
    assert.equal(stopReasonOf(named('openai'), 'constructor'), undefined);
    assert.equal(stopReasonOf(named('openai'), ''), undefined);
  });
});
