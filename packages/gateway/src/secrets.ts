// Reads every secret that a configuration refers to, once, before it is compiled. One that cannot
// be read is no reason to stop: its endpoint is shown as unavailable, its key admits nobody.
import type { Secret } from '@signalbox/contract';
import type { Configuration, SecretReference } from '@signalbox/documents';
import { type OpenSink, readSecret } from '@signalbox/ports';

export type SecretsOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly telemetry: OpenSink;
};

export type Secrets = (reference: SecretReference) => Secret | undefined;

export async function readSecrets(
  configuration: Configuration,
  options: SecretsOptions,
): Promise<Secrets> {
  const { environment, folder, telemetry } = options;
  const read = new Map<string, Secret | undefined>();
  for (const reference of referencesOf(configuration)) {
    const name = nameOf(reference);
    if (read.has(name)) continue;
    const found = await readSecret(reference, { environment, folder });
    read.set(name, found.ok ? found.secret : undefined);
    if (found.ok) telemetry.guard(found.secret);
    else telemetry.log('info', 'secret-not-read', { kind: reference.kind, why: found.why });
  }
  return (reference) => read.get(nameOf(reference));
}

const nameOf = ({ kind, value }: SecretReference): string => `${kind}:${value}`;

function* referencesOf(configuration: Configuration): Generator<SecretReference> {
  for (const endpoint of configuration.endpoints.values()) {
    for (const credential of endpoint.credentials) yield credential.secret;
  }
  for (const key of configuration.keys.values()) if (key.secret !== undefined) yield key.secret;
  yield* configuration.telemetry.otlp?.headers.values() ?? [];
}
