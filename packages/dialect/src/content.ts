// Where in a body its content stands: everything but what names the model and describes tools and
// formats. Fields nobody here knows are content.
import type { ByteRange } from '@signalbox/contract';
import { type Field, readObject } from './json.ts';

/** Top-level fields that describe, in any dialect; what they hold is written by developers. */
const DESCRIBES: ReadonlySet<string> = new Set([
  ...['model', 'tools', 'functions', 'tool_choice', 'function_call', 'toolConfig', 'tool_config'],
  ...['response_format', 'generationConfig', 'generation_config', 'format', 'options', 'reasoning'],
  ...['safetySettings', 'safety_settings', 'stream', 'stream_options', 'include', 'modalities'],
]);

export const isDescription = (field: string): boolean => DESCRIBES.has(field);

/**
 * @param fields of an object, in their order.
 * @returns ranges of its bytes, in order, each from its key to the end of its value, neighbours as
 * one.
 */
export function contentOf(fields: Iterable<Field>): readonly ByteRange[] {
  const ranges: { start: number; end: number }[] = [];
  let follows = false;
  for (const { key, keyStart, valueEnd } of fields) {
    const last = ranges.at(-1);
    if (DESCRIBES.has(key)) follows = false;
    else if (last !== undefined && follows) last.end = valueEnd;
    else {
      ranges.push({ start: keyStart, end: valueEnd });
      follows = true;
    }
  }
  return ranges;
}

/** A body that is no JSON object has none. */
export function contentOfBody(body: Uint8Array): readonly ByteRange[] {
  const reading = readObject(body);
  return reading.kind === 'invalid' ? [] : contentOf(reading.fields);
}
