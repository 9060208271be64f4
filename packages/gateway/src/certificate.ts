// The certificate that the listener shows: read by reference before it opens, and again when one of
// its files is another, so that whoever renews it restarts nothing. One that cannot be shown stops
// a start; later the one before it goes on, and `/readyz` says so.
import { Secret } from '@signalbox/contract';
import type { SecretReference, TlsDocument } from '@signalbox/documents';
import {
  type Certificate,
  type Listening,
  readSecret,
  SettingFault,
  watchFiles,
  wrongWithCertificate,
} from '@signalbox/ports';
import type { SecretsOptions } from './secrets.ts';
import type { StorageOptions } from './storage.ts';

type Options = SecretsOptions & Pick<StorageOptions, 'clock' | 'configuration'>;

export type Shown = {
  readonly certificate: Certificate;
  /** Why the certificate on disk is not the one that is shown. */
  trouble(): string | undefined;
  /** Reads it anew, and shows it when it is in order. */
  renew(listening: Listening): Promise<void>;
  /** Renews whenever a file changes. @returns how to stop. */
  watch(listening: Listening): () => void;
};

/** Undefined: plain HTTP. */
export async function openCertificate(options: Options): Promise<Shown | undefined> {
  const { tls } = options.configuration.server;
  if (tls === undefined) return undefined;
  const first = await readCertificate(tls, options);
  if (typeof first === 'string') {
    throw new SettingFault(`server.tls: ${first}; put PEM of both there, or leave it out.`);
  }
  let trouble: string | undefined;
  const renew = async (listening: Listening): Promise<void> => {
    const read = await readCertificate(tls, options);
    if (typeof read !== 'string') {
      trouble = undefined;
      listening.renew(read);
      options.telemetry.log('info', 'certificate-read', {});
    } else {
      if (trouble !== read) options.telemetry.log('warn', 'certificate-refused', { why: read });
      trouble = read;
    }
  };
  return {
    certificate: first,
    trouble: () => trouble,
    renew,
    watch(listening) {
      const files = [tls.cert, tls.key, tls.clientCa].flatMap(fileOf);
      if (files.length === 0) return () => {};
      const { clock, folder } = options;
      return watchFiles(files, folder, () => void renew(listening), { clock });
    },
  };
}

const fileOf = (reference: SecretReference | undefined): readonly string[] =>
  reference?.kind === 'file' ? [reference.value] : [];

async function readCertificate(tls: TlsDocument, options: Options): Promise<Certificate | string> {
  const [cert, key, clientCa] = await Promise.all([
    textOf('cert', tls.cert, options),
    textOf('key', tls.key, options),
    tls.clientCa === undefined ? undefined : textOf('client_ca', tls.clientCa, options),
  ]);
  for (const part of [cert, key, clientCa]) if (typeof part === 'string') return part;
  if (!(cert instanceof Secret && key instanceof Secret)) return 'not read';
  const certificate = {
    cert: cert.reveal(),
    key,
    clientCa: clientCa instanceof Secret ? clientCa.reveal() : undefined,
  };
  return wrongWithCertificate(certificate, options.clock.now()) ?? certificate;
}

/** A string: why not. */
async function textOf(
  name: string,
  reference: SecretReference,
  { environment, folder, telemetry }: Options,
): Promise<Secret | string> {
  const read = await readSecret(reference, { environment, folder });
  if (!read.ok) return `${name}: ${read.why}`;
  if (name === 'key') {
    for (const warning of read.warnings) telemetry.log('warn', 'key-readable', { warning });
  }
  return read.secret;
}
