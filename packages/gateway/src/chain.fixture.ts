// Every dialect as an upstream: a gateway whose upstreams are another gateway, once in each
// dialect, and behind that one sim.
import { documents, type Gateway, startGateway } from './gateway.fixture.ts';

/** Names of the endpoints in front; a model is `NAME/sim-medium`. */
export const UPSTREAMS = ['plain', 'claude', 'gemini', 'ollama'] as const;

export type Chain = {
  readonly front: Gateway;
  readonly back: Gateway;
  readonly stop: () => Promise<void>;
};

export async function startChain(): Promise<Chain> {
  const back = await startGateway(documents);
  try {
    return await inFrontOf(back);
  } catch (cause) {
    await back.stop();
    throw cause;
  }
}

async function inFrontOf(back: Gateway): Promise<Chain> {
  const at = `http://127.0.0.1:${back.port}`;
  const endpoint = (name: string, kind: string, path: string): string =>
    `  ${name}:\n    kind: ${kind}\n    url: ${at}${path}\n    private_address: true\n` +
    '    models: [sim-small, sim-medium, sim-frontier]\n' +
    '    credentials: [{secret: "env:BACK"}]\n';
  const endpoints = [
    endpoint('plain', 'openai-compatible', '/v1'),
    endpoint('claude', 'anthropic', '/v1'),
    endpoint('gemini', 'gemini', '/v1beta'),
    endpoint('ollama', 'ollama', ''),
  ];
  const front = await startGateway(
    () => `
version: 1
server: {host: 127.0.0.1, port: 0}
node: {name: n2, tier: 1}
endpoints:
${endpoints.join('')}
aliases: {"sim:8b": [{model: sim-medium, endpoint: ollama}]}
tenants: {acme: {}}
keys: {main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}}
`,
    { back: back.key('main') },
  );
  return {
    front,
    back,
    async stop() {
      await front.stop();
      await back.stop();
    },
  };
}
