import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WIRES } from '../canon/canon.ts';
import { SERVER_KINDS } from './kinds.table.ts';
import {
  authOf,
  kindAt,
  kindOf,
  pathBelow,
  pathOf,
  quirksOf,
  stopReasonOf,
  streamRules,
} from './kinds.ts';
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
      assert.ok(Object.keys(kind.finishReasons).length > 0 && kind.overflow.length > 0);
      for (const group of ['paths', 'streams', 'errors', 'overflow'] as const) {
        assert.ok(kind.source[group] !== undefined, `it says where its ${group} come from`);
      }
      const isSilent = kind.notes.some((note) => /nothing is probed/.test(note));
      assert.notEqual(kind.probe.length === 0, kind.source.probe !== undefined);
      assert.equal(
        kind.probe.length === 0,
        isSilent,
        'it is asked something free, or says why not',
      );
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

describe('a kind with other ways at some of its URLs', () => {
  const chat = (name: string, urlPath: string, model: string) => {
    const kind = kindAt(named(name), urlPath);
    const wire = kind.preferred;
    const path = pathOf(kind, urlPath, { wire, operation: 'chat', model });
    return [wire, path];
  };

  it('has the deployment in the path where the URL names a version, and not under `/v1`', () => {
    const version = '?api-version=2024-10-21';
    const deployed = `/openai/deployments/d/chat/completions${version}`;
    for (const base of ['', '/openai', '/openai/deployments']) {
      assert.deepEqual(chat('azure', `${base}${version}`, 'd'), ['openai', deployed], base);
    }
    const newer = '/openai/v1/chat/completions';
    assert.deepEqual(chat('azure', '/openai/v1', 'd'), ['openai', newer]);
    const preview = chat('azure', '/openai/v1?api-version=preview', 'd');
    assert.deepEqual(preview, ['openai', `${newer}?api-version=preview`]);
  });

  it('asks Claude where the URL ends with its publisher', () => {
    const base = '/v1/projects/p/locations/l';
    const [gemini] = chat('vertex', base, 'gemini-x');
    assert.equal(gemini, 'gemini');
    assert.deepEqual(chat('vertex', `${base}/publishers/anthropic`, 'claude-x@1'), [
      'anthropic',
      `${base}/publishers/anthropic/models/claude-x%401:rawPredict`,
    ]);
  });

  it('asks in Converse unless the URL ends with the path of the other API', () => {
    assert.deepEqual(chat('bedrock', '', 'a.b:0'), ['converse', '/model/a.b%3A0/converse']);
    const other = chat('bedrock', '/openai/v1', 'a.b:0');
    assert.deepEqual(other, ['openai', '/openai/v1/chat/completions']);
    for (const model of ['', '.', '..']) {
      assert.deepEqual(chat('bedrock', '', model), ['converse', undefined], model);
    }
  });

  it('knows the region by the host', () => {
    const { signing } = named('bedrock').auth;
    for (const [host, region] of [
      ['bedrock-runtime.us-east-1.amazonaws.com', 'us-east-1'],
      ['bedrock-runtime-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
      ['vpce-1-2.bedrock-runtime.eu-central-1.vpce.amazonaws.com', 'eu-central-1'],
      ['proxy.example.com', undefined],
    ]) {
      assert.equal(signing?.region.exec(host ?? '')?.[1], region, host);
    }
  });
});
