// The text that AWS Signature Version 4 signs, and the header that the signature goes into: pure,
// so that it can be held against the published examples byte for byte. Source: "Create a signed AWS
// API request" in the AWS IAM User Guide. Who holds the keys makes the signature of `toSign`.
import { textIn, tryParse } from './canon/exact.ts';

/** A pair of keys; with `sessionToken` they are temporary. Never printed. */
export type SigningKeys = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

export type Unsigned = {
  readonly method: string;
  readonly host: string;
  /** Path and query as they go over the wire. */
  readonly path: string;
  /** Those that are signed beside the host: names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** SHA-256 of the body, in lower-case hexadecimal. */
  readonly bodyDigest: string;
};

export type Scope = {
  /** `20150830T123600Z`. */
  readonly time: string;
  readonly region: string;
  readonly service: string;
};

export type ToSign = { readonly text: string; readonly scope: string; readonly signed: string };

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Unix milliseconds as the format writes them. */
export const signingTime = (ms: number): string =>
  new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');

/** @param sha256 of a text, in lower-case hexadecimal. */
export function toSign(
  request: Unsigned,
  { time, region, service }: Scope,
  sha256: (text: string) => string,
): ToSign {
  const headers = [['host', request.host] as const, ...request.headers].sort(byText);
  const signed = headers.map(([name]) => name).join(';');
  const [path = '', query = ''] = request.path.split('?');
  const canonical = [
    request.method,
    path.split('/').map(encoded).join('/'),
    canonicalQuery(query),
    ...headers.map(([name, value]) => `${name}:${value.trim().replace(/ {2,}/g, ' ')}`),
    '',
    signed,
    request.bodyDigest,
  ].join('\n');
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  return { text: [ALGORITHM, time, scope, sha256(canonical)].join('\n'), scope, signed };
}

/** Value of `authorization`. */
export const authorization = (
  keyId: string,
  { scope, signed }: ToSign,
  signature: string,
): string =>
  `${ALGORITHM} Credential=${keyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;

/** What is escaped already is escaped once more: services other than S3 want that of paths. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.split('&').map((pair) => {
    const at = pair.indexOf('=');
    const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    return [encoded(decodeURIComponent(name)), encoded(decodeURIComponent(value))] as const;
  });
  return pairs
    .sort((a, b) => byText(a, b) || (a[1] < b[1] ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** By code units, not by a language's order. */
function byText([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

const KEY_ID = /^[A-Z0-9]{16,128}$/;
const PARTS_MAX = 3;

/**
 * Keys out of one secret: `ID:SECRET` or `ID:SECRET:TOKEN`, or the JSON that commands print for the
 * tools of AWS (`credential_process`). Undefined: it is neither, so a key that is sent as it is.
 */
export function signingKeysOf(secret: string): SigningKeys | undefined {
  const written = secret.trim();
  const parts = written.startsWith('{') ? fromJson(written) : written.split(':');
  if (parts.length > PARTS_MAX) return undefined;
  const [accessKeyId = '', secretAccessKey = '', sessionToken = ''] = parts;
  if (!KEY_ID.test(accessKeyId) || secretAccessKey === '') return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
}

function fromJson(text: string): readonly string[] {
  const value = tryParse(text) ?? null;
  return ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map((key) => textIn(value, key) ?? '');
}
