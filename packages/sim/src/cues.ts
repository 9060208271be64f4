// Scripts that wait for requests to come: given to the program (`sim.script`) or to the endpoint
// (POST /sim/script), matched by model and path, used up after a number of times or never.
import type { Script } from './script.ts';

export type Match = {
  /** Only requests that name this model. */
  readonly model?: string;
  /** Only this path. `*` is every path; absent: calls to models (POST under /v1/). */
  readonly path?: string;
  /** How many requests it lasts for; absent: until it is removed. */
  readonly times?: number;
};

export type Cues = {
  /** Adds a script and returns what removes it again. */
  add(script: Script, match: Match): () => void;
  /** The script for this request, if any waits for it; uses it up by one. */
  take(request: { method: string; path: string; model: string | undefined }): Script | undefined;
  /** Whether `take` needs to know the model. */
  empty(): boolean;
  clear(): void;
};

type Cue = { readonly script: Script; readonly match: Match; left: number };

export const cuesMax = 1_000;

export function newCues(): Cues {
  let cues: Cue[] = [];
  return {
    add: (script, match) => {
      const cue = { script, match, left: match.times ?? Number.POSITIVE_INFINITY };
      cues = [...cues, cue].slice(-cuesMax);
      return () => {
        cues = cues.filter((other) => other !== cue);
      };
    },
    take: (request) => {
      const fitting = cues.filter((cue) => fits(cue.match, request));
      // Counted ones first, in the order given; of the lasting ones the newest replaces the rest.
      const cue = fitting.find((one) => Number.isFinite(one.left)) ?? fitting.at(-1);
      if (!cue) return undefined;
      cue.left -= 1;
      if (cue.left <= 0) cues = cues.filter((other) => other !== cue);
      return cue.script;
    },
    empty: () => cues.length === 0,
    clear: () => {
      cues = [];
    },
  };
}

function fits(
  match: Match,
  request: { method: string; path: string; model: string | undefined },
): boolean {
  if (match.model !== undefined && match.model !== request.model) return false;
  if (match.path === '*') return true;
  if (match.path !== undefined) return match.path === request.path;
  return request.method === 'POST' && request.path.startsWith('/v1/');
}
