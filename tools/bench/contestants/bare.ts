import { fileURLToPath } from 'node:url';
import { startAnnounced } from '../child.ts';
import type { Contestant } from './contestant.ts';

/**
 * A proxy that does nothing but proxy, built from the same parts as the gateway: what those parts
 * cost by themselves.
 */
export const bare: Contestant = {
  name: 'bare',
  start: async (upstreamUrl, environment = {}) => {
    const path = fileURLToPath(new URL('./bare-proxy.ts', import.meta.url));
    const child = await startAnnounced(path, { words: [upstreamUrl], environment });
    return {
      url: child.url,
      headers: { authorization: 'Bearer sk-bench' },
      treeRoot: child.pid,
      close: child.close,
    };
  },
};
