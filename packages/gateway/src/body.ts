// The body of a call: only JSON or a form, only whole, only so large and so slow.
import { no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import type { Exchange } from '@signalbox/ports';

const JSON_TYPE = /^application\/(?:json|[a-z0-9.+-]+\+json)\s*(?:;|$)/i;

const FORM_TYPE = /^multipart\/form-data\s*;/i;

export async function readBody(
  exchange: Exchange,
  bytesMax: number,
  ms: number,
  format: 'json' | 'form' = 'json',
): Promise<Result<Uint8Array, Refusal>> {
  const type = exchange.head.header('content-type');
  if (
    format === 'form' ? !FORM_TYPE.test(type ?? '') : !JSON_TYPE.test(type ?? 'application/json')
  ) {
    const wanted = format === 'form' ? '`multipart/form-data`' : 'JSON';
    const message = `The body must be ${wanted}; its content type says otherwise.`;
    return no(refusal('content_type_unsupported', message, { param: 'content-type' }));
  }
  const encoding = exchange.head.header('content-encoding');
  if (encoding !== undefined && encoding !== 'identity') {
    const hint = 'Send the body without compression.';
    const message = 'Compressed bodies are not taken.';
    return no(refusal('content_type_unsupported', message, { param: 'content-encoding', hint }));
  }
  const body = await exchange.readBody(bytesMax, ms);
  if (body === 'too-large') {
    return no(refusal('body_too_large', `The body is larger than ${bytesMax} bytes.`));
  }
  if (body === 'timeout') {
    return no(refusal('body_invalid', `The body was not complete within ${ms} ms.`));
  }
  if (body === 'left') return no(refusal('body_invalid', 'The body ended before it was complete.'));
  return yes(body);
}
