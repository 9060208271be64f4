import type { Contestant } from './contestant.ts';

/** No gateway at all: the floor that every latency is compared with. It costs no CPU of its own. */
export const direct: Contestant = {
  name: 'direct',
  start: (upstreamUrl) =>
    Promise.resolve({
      url: upstreamUrl,
      headers: { authorization: 'Bearer sk-bench' },
      treeRoot: undefined,
      close: () => Promise.resolve(),
    }),
};
