// Reads every secret that a configuration refers to before it is compiled. One that cannot be read
// is no reason to stop: its endpoint is shown as unavailable, its key admits nobody. What commands
// print is read again later (`printed.ts`).
import type { Secret } from '@signalbox/contract';
import type {
  Configuration,
  CredentialDocument,
  EndpointDocument,
  SecretReference,
} from '@signalbox/documents';
import { type Credentials, DataFolderFault, type OpenSink, readSecret } from '@signalbox/ports';
import type { Printed } from './printed.ts';

export type SecretsOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly telemetry: OpenSink;
  readonly data: { readonly credentials: Credentials };
  /** Absent: commands are run this once. */
  readonly printed?: Pick<Printed, 'read' | 'last' | 'keepOnly'> | undefined;
  /** Commands are not run again: what they printed last holds. */
  readonly asPrinted?: boolean;
};

/** Its endpoint is unavailable, and the others go on. */
function unreadable(cause: unknown): undefined {
  if (!(cause instanceof DataFolderFault)) throw cause;
}

export type Secrets = (reference: SecretReference) => Secret | undefined;

export async function readSecrets(
  configuration: Configuration,
  options: SecretsOptions,
): Promise<Secrets> {
  const { environment, folder, telemetry, printed, asPrinted = false } = options;
  const commands: SecretReference[] = [];
  const read = new Map<string, Secret | undefined>();
  for (const reference of referencesOf(configuration)) {
    const name = nameOf(reference);
    if (read.has(name)) continue;
    if (reference.kind === 'exec' && printed !== undefined) {
      commands.push(reference);
      const last = asPrinted ? printed.last(reference) : undefined;
      read.set(name, last ?? (await printed.read(reference)));
      continue;
    }
    const found = await readSecret(reference, { environment, folder });
    read.set(name, found.ok ? found.secret : undefined);
    if (found.ok) telemetry.guard(found.secret);
    else telemetry.log('info', 'secret-not-read', { kind: reference.kind, why: found.why });
  }
  for (const endpoint of configuration.endpoints.values()) {
    for (const { secret } of endpoint.credentials.filter(isSealed)) {
      const opened = await openSealed(endpoint, secret, options);
      read.set(nameOf(secret), opened);
      if (opened !== undefined) telemetry.guard(opened);
      else telemetry.log('warn', 'secret-not-opened', { endpoint: endpoint.name });
    }
  }
  printed?.keepOnly(commands);
  return (reference) => read.get(nameOf(reference));
}

const isSealed = ({ secret }: CredentialDocument): boolean => secret.kind === 'sealed';

/**
 * A key that a tenant brought, for its own endpoint alone, and only for the address that it was
 * brought for: whoever changes the document of an endpoint does not move its key.
 */
async function openSealed(
  { name, url, tenant }: EndpointDocument,
  { value }: SecretReference,
  { data }: SecretsOptions,
): Promise<Secret | undefined> {
  if (value !== name || tenant === undefined || !name.startsWith(`${tenant}/`)) return undefined;
  const kept = await data.credentials.read(name).catch(unreadable);
  return kept?.origin === new URL(url).origin ? kept.secret : undefined;
}

const nameOf = ({ kind, value }: SecretReference): string => `${kind}:${value}`;

function* referencesOf(configuration: Configuration): Generator<SecretReference> {
  for (const endpoint of configuration.endpoints.values()) {
    for (const one of endpoint.credentials) if (!isSealed(one)) yield one.secret;
  }
  for (const key of configuration.keys.values()) if (key.secret !== undefined) yield key.secret;
  yield* configuration.telemetry.otlp?.headers.values() ?? [];
}
