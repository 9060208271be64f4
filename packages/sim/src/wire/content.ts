// Message content is a text or a list of parts; what is no text (images, audio, files) is named by
// its kind, so that the composer knows that there was something it cannot read.
import { isList, isRecord, textAt } from '../json.ts';

/** The content as one text, or undefined when it has no shape we know. */
export function contentText(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!isList(content)) return undefined;
  const texts: string[] = [];
  for (const part of content) {
    if (!isRecord(part)) return undefined;
    const text = textAt(part, 'text') ?? textAt(part, 'refusal');
    texts.push(text ?? `[${textAt(part, 'type') ?? 'part'}]`);
  }
  return texts.join('\n');
}
