import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Random, Secret, type Sink } from '@signalbox/contract';
import type { SecretReference } from '@signalbox/documents';
export const createRandom = (): Random => ({ bytes: (n) => randomBytes(n) });
export const createSink = (): { sink: Sink; metrics(): string; close(): Promise<void> } => ({
  sink: {
    log: (l, e, f) => {
      if (l !== 'debug') process.stderr.write(`${JSON.stringify({ l, e, ...f })}\n`);
    },
    count() {},
    observe() {},
  },
  metrics: () => '',
  close: async () => {},
});
export const readSecret = async (
  r: SecretReference,
  folder: string,
): Promise<Secret | undefined> => {
  try {
    if (r.kind === 'env') {
      const v = process.env[r.value];
      return v === undefined ? undefined : new Secret(v);
    }
    if (r.kind === 'file')
      return new Secret(
        readFileSync(r.value.startsWith('/') ? r.value : `${folder}/${r.value}`, 'utf8').trim(),
      );
  } catch {}
  return undefined;
};
