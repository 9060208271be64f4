// The files of queued calls and their answers, sealed under the key of their tenant. A file opens
// for its own tenant and call alone.
import type { RequestId } from '@signalbox/contract';
import type { KeptFiles, KeptName, Keyring } from '@signalbox/ports';
import { type Kept, keptBytes, type Opened, readKept } from './kept.ts';

export type SealedFiles = {
  /** Returns its size when it is safe. Throws `DiskFault`, or what the keyring throws. */
  write(kept: Kept, body: Uint8Array): Promise<number>;
  /** Undefined: it is not what it should be, or its key is gone. */
  read(name: KeptName, size: number): Promise<Opened<Kept> | undefined>;
};

const purposeOf = (request: RequestId): string => `queue/${request}`;

export function sealedFiles(files: KeptFiles, keyring: Pick<Keyring, 'sealer'>): SealedFiles {
  return {
    async write(kept, body) {
      const { tenant, request, kind: what } = kept;
      const sealer = await keyring.sealer(tenant);
      const sealed = sealer.seal(purposeOf(request), keptBytes(kept, body));
      await files.write({ tenant, request, what }, sealed);
      return sealed.length;
    },
    async read(name, size) {
      try {
        const sealed = await files.read(name, size);
        const sealer = await keyring.sealer(name.tenant);
        const content = sealer.open(purposeOf(name.request), sealed);
        const opened = content === undefined ? undefined : readKept(content);
        const { kind, request } = opened?.kept ?? {};
        return kind === name.what && request === name.request ? opened : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
