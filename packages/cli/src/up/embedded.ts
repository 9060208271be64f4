// Model files that run here: one child process each, started before the first call and kept over
// changes of the documents. The line sees an endpoint on loopback like any other; its secret is in
// no document, only in what the gateway is handed as environment.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sink } from '@signalbox/contract';
import type { Configuration, EndpointDocument, ModelAtEndpoint } from '@signalbox/documents';
import type { EmbeddedFault } from '@signalbox/ports';
import { readGgufHeader } from '../configuration/gguf-header.ts';
import { CommandFault, EXIT } from '../exit.ts';

type Model = {
  readonly url: string;
  readonly secret: string;
  readonly modelId: string;
  readonly contextTokens: number;
  readonly close: () => Promise<void>;
};

export type EmbeddedModels = {
  /** The documents with an address for every embedded endpoint; starts and ends children. */
  arrange(configuration: Configuration): Promise<Configuration>;
  close(): Promise<void>;
};

export type EmbeddedOptions = {
  /** Relative paths start here. */
  readonly folder: string;
  readonly sink: Sink;
  /** What secrets are read from; the children's are put in. */
  readonly environment: Record<string, string | undefined>;
};

/** Where the repository keeps the engine; a published package has it among its own. */
const ENGINES = fileURLToPath(new URL('../../../../tools/engines', import.meta.url));

export function embeddedModels({ folder, sink, environment }: EmbeddedOptions): EmbeddedModels {
  const models = new Map<string, Model>();
  return {
    async arrange(configuration) {
      const endpoints = new Map(configuration.endpoints);
      const wanted = new Set<string>();
      for (const [name, endpoint] of configuration.endpoints) {
        if (endpoint.modelPath === undefined || !endpoint.enabled) continue;
        const path = resolve(folder, endpoint.modelPath);
        wanted.add(path);
        const model = models.get(path) ?? (await startModel(path, name, sink));
        if (model instanceof Error) {
          const { code, message, hint } = model;
          const said = `The model ${path} cannot run: ${message}.`;
          // Who has nothing else is told at once; else the others serve meanwhile.
          if (!hasOthers(configuration, name)) throw new CommandFault(EXIT.usage, said, { hint });
          sink.log('error', 'embedded-unavailable', { endpoint: name, code, reason: message });
          // Where the file lies is nobody's business who asks whether we are ready.
          const fault = `its model does not run here (${code})`;
          endpoints.set(name, { ...endpoint, url: NOWHERE, fault });
          continue;
        }
        models.set(path, model);
        const variable = variableOf(name);
        environment[variable] = model.secret;
        const served = await servedBy(endpoint, model, { path, configuration });
        endpoints.set(name, addressed(endpoint, model, { variable, served }));
      }
      for (const [path, model] of models) {
        if (wanted.has(path)) continue;
        models.delete(path);
        await model.close();
      }
      return { ...configuration, endpoints };
    },
    async close() {
      await Promise.all([...models.values()].map((one) => one.close()));
      models.clear();
    },
  };
}

const hasOthers = ({ endpoints }: Configuration, name: string): boolean =>
  [...endpoints.values()].some((one) => one.enabled && one.name !== name);

/** The discard port of this machine: what is never dialled still needs an address. */
const NOWHERE = 'http://127.0.0.1:9/v1';

/** No variable of a real environment has such a name. */
const variableOf = (endpoint: string): string => `embedded endpoint ${endpoint}`;

/** @returns the fault when it does not start. */
async function startModel(path: string, name: string, sink: Sink): Promise<Model | EmbeddedFault> {
  const ports = await import('@signalbox/ports');
  try {
    return await ports.startEmbedded({
      modelPath: path,
      enginePaths: existsSync(ENGINES) ? [ENGINES] : [],
      onExit: ({ code, signal, fault, restartInMs }) =>
        sink.log('error', 'embedded-ended', {
          endpoint: name,
          code: code ?? -1,
          signal: signal ?? '',
          fault: fault?.code ?? '',
          restartInMs,
        }),
    });
  } catch (cause) {
    if (!(cause instanceof ports.EmbeddedFault)) throw cause;
    return cause;
  }
}

/** What documents say of the model goes before what its file says of itself. */
async function servedBy(
  { models }: EndpointDocument,
  model: Model,
  { path, configuration }: { readonly path: string; readonly configuration: Configuration },
): Promise<ModelAtEndpoint> {
  const [first] = models.values();
  const header = await readGgufHeader(path);
  const stated = configuration.models.get(first?.name ?? model.modelId)?.facts;
  const facts = { ...(header.ok ? header.value.facts : {}), ...stated, ...first?.facts };
  return {
    ...(first ?? { name: model.modelId, capabilities: undefined, price: undefined }),
    upstream: model.modelId,
    contextTokens: first?.contextTokens ?? model.contextTokens,
    facts,
  };
}

function addressed(
  endpoint: EndpointDocument,
  model: Model,
  { variable, served }: { readonly variable: string; readonly served: ModelAtEndpoint },
): EndpointDocument {
  const { hostname, port } = new URL(model.url);
  return {
    ...endpoint,
    url: `${model.url}/v1`,
    privateAddress: { host: hostname, port: Number(port) },
    models: new Map([[served.upstream, served]]),
    credentials: [
      {
        name: 'child',
        secret: { kind: 'env', value: variable },
        weight: 1,
        header: 'authorization',
        limits: { requestsPerMinuteMax: undefined, tokensPerMinuteMax: undefined },
      },
    ],
  };
}
