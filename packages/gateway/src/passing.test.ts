// What only passes, through the whole line, by the official client and by hand: each call has one
// record, what is made belongs to who made it, and the bytes are the model server's own.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { documents, type Gateway, json, refused, startGateway } from './gateway.fixture.ts';

let gateway: Gateway;
let client: OpenAI;
let stranger: OpenAI;
before(async () => {
  gateway = await startGateway(documents);
  const baseURL = `http://127.0.0.1:${gateway.port}/v1`;
  client = new OpenAI({ baseURL, apiKey: gateway.key('main'), maxRetries: 0 });
  stranger = new OpenAI({ baseURL, apiKey: gateway.key('stranger'), maxRetries: 0 });
});
after(() => gateway.stop());

/** What the sim was sent last. */
const sent = () => {
  const last = gateway.sim.requests().last.at(-1);
  assert.ok(last !== undefined);
  return { path: last.path, method: last.method, text: Buffer.from(last.body).toString('latin1') };
};

const recordOf = async (headers: Headers | Record<string, unknown>) => {
  const id =
    headers instanceof Headers
      ? headers.get('x-signalbox-decision-id')
      : headers['x-signalbox-decision-id'];
  const answer = await gateway.ask(`/v1/decisions/${id}`);
  assert.equal(answer.status, 200, answer.text);
  return json(answer);
};

describe('the official client', () => {
  it('is told of a moderation, and nobody invents what it used', async () => {
    const asked = client.moderations.create({ model: 'sim-small', input: 'kill the process' });
    const { data, response } = await asked.withResponse();
    assert.equal(data.results[0]?.flagged, true);
    assert.equal(response.headers.get('x-signalbox-endpoint'), 'near');
    assert.equal(response.headers.get('x-signalbox-cost-usd'), 'unknown');
    const record = await recordOf(response.headers);
    assert.equal(record['operation'], 'moderation');
    assert.equal(record['usage'], undefined);
  });

  it('gets images, whole and as a stream, under the name that the server knows', async () => {
    const asked = { model: 'near/sim-small', prompt: 'a red square' };
    const images = await client.images.generate(asked);
    assert.equal(JSON.parse(sent().text).model, 'sim-small');
    const bytes = Buffer.from(images.data?.[0]?.b64_json ?? '', 'base64');
    assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
    const types: string[] = [];
    for await (const event of await client.images.generate({ ...asked, stream: true })) {
      types.push(event.type);
    }
    assert.deepEqual(types, ['image_generation.partial_image', 'image_generation.completed']);
  });

  it('sends an image to be changed, and only the name of the model is another', async () => {
    const image = await toFile(Buffer.from('not a picture'), 'a.png', { type: 'image/png' });
    const edited = await client.images.edit({ model: 'near/sim-small', image, prompt: 'more red' });
    assert.notEqual(edited.data?.[0]?.b64_json, undefined);
    assert.match(sent().text, /name="model"\r\n\r\nsim-small\r\n--/);
    assert.match(sent().text, /\r\n\r\nnot a picture\r\n--/);
  });

  it('hears speech byte for byte, and events where it asks for them', async () => {
    const asked = { model: 'sim-small', voice: 'alloy', input: 'say hello to Ada' } as const;
    const spoken = Buffer.from(await (await client.audio.speech.create(asked)).arrayBuffer());
    assert.equal(spoken.subarray(0, 4).toString(), 'RIFF');
    assert.equal(spoken.readUInt32LE(4), spoken.length - 8);
    const direct = await fetch(`${gateway.sim.url}/v1/audio/speech`, {
      method: 'POST',
      body: JSON.stringify(asked),
    });
    assert.deepEqual(spoken, Buffer.from(await direct.arrayBuffer()));
    const events = await client.audio.speech.create({ ...asked, stream_format: 'sse' });
    assert.match(await events.text(), /^event: speech\.audio\.delta\n.*speech\.audio\.done/s);
    const record = await recordOf(events.headers);
    assert.equal(record['stream'], true);
    assert.equal(Object(record['usage']).source, 'measured');
  });

  it('has a recording written down, as JSON and as text', async () => {
    const file = await toFile(Buffer.alloc(20_000, 7), 'a.wav', { type: 'audio/wav' });
    const asked = { model: 'sim-small', file };
    const whole = await client.audio.transcriptions.create(asked);
    assert.match(whole.text, /^20000 bytes/);
    const text = await client.audio.transcriptions.create({ ...asked, response_format: 'text' });
    assert.equal(text, `${whole.text}\n`);
    const english = await client.audio.translations.create(asked);
    assert.match(String(Object(english).text), /^20000 bytes/);
    let streamed = '';
    for await (const event of await client.audio.transcriptions.create({
      ...asked,
      stream: true,
    })) {
      if (event.type === 'transcript.text.delta') streamed += event.delta;
    }
    assert.equal(streamed, whole.text);
  });

  it('keeps files and works off a batch, and every call has its record', async () => {
    const line = {
      custom_id: 'a',
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'sim-small', messages: [{ role: 'user', content: 'say hello to Ada' }] },
    };
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    const file = await toFile(bytes, 'a.jsonl', { type: 'application/jsonl' });
    const { data: kept, response } = await client.files
      .create({ file, purpose: 'batch' })
      .withResponse();
    assert.match(kept.id, /^file-/);
    const record = await recordOf(response.headers);
    assert.equal(record['operation'], 'file');
    assert.equal(record['label'], 'personal', 'the calls of a batch are not taken apart');
    assert.deepEqual((await client.files.retrieve(kept.id)).filename, 'a.jsonl');
    assert.equal(await (await client.files.content(kept.id)).text(), bytes.toString());
    const made = await client.batches.create({
      input_file_id: kept.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    });
    const done = await client.batches.retrieve(made.id);
    assert.equal(done.status, 'completed');
    const output = await (await client.files.content(done.output_file_id ?? '')).text();
    assert.equal(JSON.parse(output).response.status_code, 200);
    const listed: string[] = [];
    for await (const one of client.batches.list()) listed.push(one.id);
    assert.deepEqual(listed, [made.id]);
    assert.equal((await client.batches.cancel(made.id)).id, made.id);
    assert.equal((await client.files.delete(kept.id)).deleted, true);
    await assert.rejects(client.files.retrieve(kept.id), { status: 404 });
  });
});

describe('a file', () => {
  const upload = async (by: OpenAI, text: string) =>
    by.files.create({ file: await toFile(Buffer.from(text), 'a.txt'), purpose: 'user_data' });

  it('is there for no other tenant: by its id, in a batch, in a list', async () => {
    const own = await upload(client, 'mine');
    const other = await upload(stranger, 'theirs');
    const before = gateway.sim.requests().received;
    for (const path of [`/v1/files/${own.id}`, `/v1/files/${own.id}/content`]) {
      const answer = await gateway.ask(path, { key: gateway.key('stranger') });
      refused(answer, 404, 'object_unknown');
    }
    const removal = { method: 'DELETE', key: gateway.key('stranger') };
    refused(await gateway.ask(`/v1/files/${own.id}`, removal), 404, 'object_unknown');
    const body = { input_file_id: own.id, endpoint: '/v1/embeddings', completion_window: '24h' };
    const batch = await gateway.ask('/v1/batches', { key: gateway.key('stranger'), body });
    refused(batch, 404, 'object_unknown');
    const page = `/v1/files?after=${own.id}`;
    refused(await gateway.ask(page, { key: gateway.key('stranger') }), 404, 'object_unknown');
    // Naming the endpoint does not help: others keep their files there.
    const pinned = `/v1/files/${own.id}?model=near/*`;
    refused(await gateway.ask(pinned, { key: gateway.key('stranger') }), 404, 'object_unknown');
    assert.equal(gateway.sim.requests().received, before, 'nothing went out');
    const seen = (await stranger.files.list()).data.map(({ id }) => id);
    assert.ok(seen.includes(other.id) && !seen.includes(own.id));
    const text = (await gateway.ask('/v1/files', { key: gateway.key('stranger') })).text;
    assert.ok(!text.includes(own.id), text);
  });

  it('is asked for where it is, page after page', async () => {
    const [one, two] = [await upload(client, 'one'), await upload(client, 'two')];
    const page = json(await gateway.ask(`/v1/files?after=${one.id}&limit=1&order=asc`));
    assert.deepEqual(
      Object(page['data']).map(({ id }: { id: string }) => id),
      [two.id],
    );
    assert.equal(page['last_id'], two.id);
  });

  it('is read in a chat where it is, and by no other tenant', async () => {
    const own = await upload(client, 'mine');
    const chats = [
      { type: 'file', file: { file_id: own.id } },
      { type: 'input_file', file_id: own.id },
    ].map((part) => ({ model: 'sim-small', messages: [{ role: 'user', content: [part] }] }));
    for (const body of chats) {
      const answer = await gateway.ask('/v1/chat/completions', { body });
      assert.equal(answer.headers['x-signalbox-endpoint'], 'near', answer.text);
      const other = { key: gateway.key('stranger'), body };
      refused(await gateway.ask('/v1/chat/completions', other), 404, 'object_unknown');
      const pinned = { ...other, body: { ...body, model: 'near/sim-small' } };
      refused(await gateway.ask('/v1/chat/completions', pinned), 404, 'object_unknown');
    }
    const tools = [{ type: 'file_search', vector_store_ids: ['vs_1'] }];
    const search = { model: 'sim-small', input: 'what does it say?', tools };
    refused(await gateway.ask('/v1/responses', { body: search }), 404, 'object_unknown');
  });

  it('stays on tier 1, as what nobody can read does', async () => {
    const form = new FormData();
    form.set('purpose', 'user_data');
    form.set('file', new Blob([Uint8Array.of(0xff, 0xfb, 0)]), 'a.txt');
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/v1/files?model=far/*`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key('main')}` },
      body: form,
    });
    assert.equal(answer.status, 403);
    assert.equal(Object(await answer.json()).error.code, 'no_eligible_route');
  });
});

const FORM = 'multipart/form-data; boundary=a';

describe('what only passes', () => {
  it('is refused with 404 where no endpoint has it, and hears which kinds do', async () => {
    const body = { model: 'unreachable', query: 'a', documents: ['b'] };
    const answer = await gateway.ask('/v1/rerank', { body });
    assert.notEqual(answer.status, 404, 'a compatible server may have it');
    const yaml = documents(gateway.sim.url).replaceAll('kind: sim', 'kind: ollama');
    const plain = await startGateway(() => yaml);
    try {
      const asked = { body: { model: 'sim-small', query: 'a', documents: ['b'] } };
      const error = refused(await plain.ask('/v1/rerank', asked), 404, 'route_unknown');
      assert.match(String(error['hint']), /vllm/);
      refused(await plain.ask('/v1/files?model=near/*'), 404, 'route_unknown');
    } finally {
      await plain.stop();
    }
  });

  it('ranks documents', async () => {
    const documentsGiven = ['the price of tea', 'how to bake bread'];
    const body = { model: 'sim-small', query: 'bread', documents: documentsGiven };
    const answer = json(await gateway.ask('/v1/rerank', { body }));
    assert.equal(Object(answer['results'])[0].index, 1);
  });

  it('is held to the rules of a body', async () => {
    const bad: readonly (readonly [string, object | string, string, number, string])[] = [
      ['/v1/moderations', { input: 'a' }, 'application/json', 400, 'body_invalid'],
      ['/v1/moderations', { model: 'sim-small' }, 'application/json', 400, 'body_invalid'],
      ['/v1/audio/speech', { model: '', input: 'a' }, 'application/json', 400, 'body_invalid'],
      ['/v1/files', { file: 'a' }, 'application/json', 415, 'content_type_unsupported'],
      ['/v1/moderations', 'x', FORM, 415, 'content_type_unsupported'],
      ['/v1/files', 'x', FORM, 400, 'body_invalid'],
      ['/v1/files', '--a--', 'multipart/form-data', 415, 'content_type_unsupported'],
      ['/v1/files', '--a--', 'multipart/form-data; charset=a', 400, 'body_invalid'],
      ['/v1/images/edits', '--a--', FORM, 400, 'body_invalid'],
    ];
    for (const [path, body, type, status, code] of bad) {
      refused(await gateway.ask(path, { body, headers: { 'content-type': type } }), status, code);
    }
  });

  it('takes its methods and no other', async () => {
    for (const [method, path] of [
      ['PUT', '/v1/files'],
      ['DELETE', '/v1/batches/batch_1'],
      ['GET', '/v1/moderations'],
      ['POST', '/v1/files/file-1'],
    ] as const) {
      refused(await gateway.ask(path, { method }), 405, 'method_not_allowed');
    }
  });

  it('ends uncleanly when the server dies, and nothing of ours stands in the sound', async () => {
    const body = { model: 'sim-small', input: 'a long story '.repeat(40), voice: 'alloy' };
    const headers = { 'x-sim': 'die-after=5000' };
    const answer = await gateway.ask('/v1/audio/speech', { body, headers });
    assert.equal(answer.end, 'cut');
    assert.ok(!answer.bytes.includes('error'));
    assert.equal((await recordOf(answer.headers))['ending'], 'cut');
  });
});
