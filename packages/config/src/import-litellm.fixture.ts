/** What the tests of this importer share: a file, read with an environment and nothing else. */
import { read, whole } from './read.fixture.ts';
import type { ReadOptions, ReadResult } from './read.ts';

type Whole = Extract<ReadResult, { ok: true }>;

/** Reads it; throws with the problems when there are any. */
export function imported(
  text: string,
  environment: ReadOptions['environment'] = {},
  more: ReadOptions = {},
): Whole {
  return whole(read(text, { environment, ...more }));
}

/** `line path: message` of what an import says. */
export const said = (result: Whole): readonly string[] =>
  result.notices.map(({ line, path, message }) => `${line} ${path}: ${message}`);

/** One deployment, with parameters as lines of YAML. */
export const deployment = (name: string, ...params: readonly string[]): string =>
  `  - model_name: ${name}\n    litellm_params:\n${params.map((one) => `      ${one}\n`).join('')}`;

export const list = (...deployments: readonly string[]): string =>
  `model_list:\n${deployments.join('')}`;

/** A configuration without the places that its values come from. */
export const plain = (value: unknown): string =>
  JSON.stringify(value, (key, one: unknown) =>
    key === 'origin'
      ? undefined
      : one instanceof Map
        ? [...one]
        : typeof one === 'bigint'
          ? String(one)
          : one,
  );
