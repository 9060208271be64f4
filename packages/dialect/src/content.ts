// Where in a body its content stands: all but what names the model and sets its options. What
// describes tools and formats is content of another kind: written by developers, and told apart.
// Fields nobody here knows are content.
import type { ContentRange } from '@signalbox/contract';
import { type Field, readObject } from './json.ts';

/** Top-level fields that describe tools and formats, in any dialect. */
const DESCRIBES: ReadonlySet<string> = new Set([
  ...['tools', 'functions', 'toolConfig', 'tool_config', 'response_format', 'format'],
  ...['generationConfig', 'generation_config'],
]);
/** Top-level fields that name and set. */
const SETS: ReadonlySet<string> = new Set([
  ...['model', 'tool_choice', 'function_call', 'options', 'reasoning', 'include', 'modalities'],
  ...['safetySettings', 'safety_settings', 'stream', 'stream_options'],
]);

export const isDescription = (field: string): boolean => DESCRIBES.has(field) || SETS.has(field);

/**
 * @param fields of an object, in their order.
 * @returns ranges of its bytes, in order, each from its key to the end of its value, neighbours of
 * one kind as one.
 */
export function contentOf(fields: Iterable<Field>): readonly ContentRange[] {
  const ranges: { start: number; end: number; described?: true }[] = [];
  let follows = false;
  for (const { key, keyStart, valueEnd } of fields) {
    const last = ranges.at(-1);
    const described = DESCRIBES.has(key);
    if (SETS.has(key)) follows = false;
    else if (last !== undefined && follows && (last.described === true) === described) {
      last.end = valueEnd;
    } else {
      ranges.push(
        described
          ? { start: keyStart, end: valueEnd, described: true }
          : { start: keyStart, end: valueEnd },
      );
      follows = true;
    }
  }
  return ranges;
}

/** A body that is no JSON object has none. */
export function contentOfBody(body: Uint8Array): readonly ContentRange[] {
  const reading = readObject(body);
  return reading.kind === 'invalid' ? [] : contentOf(reading.fields);
}
