// Where in a body its content stands: everything but what names the model and describes tools and
// formats. Fields nobody here knows are content.
import { readObject } from './json.ts';

export type Range = { readonly start: number; readonly end: number };

/** Top-level fields that describe, in any dialect; what they hold is written by developers. */
const DESCRIBES: ReadonlySet<string> = new Set([
  ...['model', 'tools', 'functions', 'tool_choice', 'function_call', 'toolConfig', 'tool_config'],
  ...['response_format', 'generationConfig', 'generation_config', 'format', 'options', 'reasoning'],
  ...['safetySettings', 'safety_settings', 'stream', 'stream_options', 'include', 'modalities'],
]);

/**
 * Ranges of bytes, in order, each from its key to the end of its value, neighbours as one. A body
 * that is no JSON object has none: what a form holds is a part that cannot be read.
 */
export function contentOf(body: Uint8Array): readonly Range[] {
  const reading = readObject(body);
  if (reading.kind === 'invalid') return [];
  const ranges: { start: number; end: number }[] = [];
  let follows = false;
  for (const { key, keyStart, valueEnd } of reading.fields) {
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
