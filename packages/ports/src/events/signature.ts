// The signature of an event, as Standard Webhooks 1.0 writes it: an HMAC-SHA-256 over id, time and
// body, in base64, by a secret of 24 to 64 bytes that is written `whsec_` and base64.
import { createHmac } from 'node:crypto';
import type { Headers, Secret } from '@signalbox/contract';

const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const BYTES_MIN = 24;
const BYTES_MAX = 64;

export type Signed = {
  readonly id: string;
  /** Unix milliseconds of this attempt; the header has whole seconds. */
  readonly at: number;
  readonly body: string;
};

/** Undefined: the secret is not written as the standard wants it. */
export function signedHeaders(secret: Secret, { id, at, body }: Signed): Headers | undefined {
  const key = keyOf(secret.reveal());
  if (key === undefined) return undefined;
  const time = String(Math.floor(at / 1_000));
  const mac = createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64');
  return [
    ['webhook-id', id],
    ['webhook-timestamp', time],
    ['webhook-signature', `v1,${mac}`],
  ];
}

function keyOf(text: string): Buffer | undefined {
  const written = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : '';
  if (!BASE64.test(written)) return undefined;
  const key = Buffer.from(written, 'base64');
  return key.length < BYTES_MIN || key.length > BYTES_MAX ? undefined : key;
}
