// Values of a tenant's own types, by the patterns of its document. A pattern reads each character
// once, and is tried where its first character stands.
import { matchSensitive } from '@signalbox/documents';
import type { SensitiveRules } from '../../tenant/tenant.ts';
import type { Finding } from './finding.ts';
import { isWord } from './text.ts';

/** Findings of one pattern in one slice: beyond that a label has risen long ago. */
const FINDINGS_MAX = 1_000;

export function findOwn(text: string, { patterns }: SensitiveRules, found: Finding[]): void {
  for (const { type, kind, items } of patterns) {
    const [first] = items;
    if (first === undefined) continue;
    let many = 0;
    for (let at = 0; at < text.length && many < FINDINGS_MAX; at += 1) {
      const code = text.charCodeAt(at);
      if (first.min > 0 && first.set[code] !== 1) continue;
      if (isWord(code) && isWord(text.charCodeAt(at - 1))) continue;
      const end = matchSensitive(items, text, at);
      if (end <= at || (isWord(text.charCodeAt(end - 1)) && isWord(text.charCodeAt(end)))) continue;
      found.push({ start: at, end, type, kind, confidence: 0.99 });
      many += 1;
      at = end - 1;
    }
  }
}
