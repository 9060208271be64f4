// Images as this dialect has them: base64 alone. Their type stands in their first bytes.
import type { Media } from '../canon/canon.ts';

/** Base64 of the first bytes of each format. */
const BEGINNINGS: readonly (readonly [start: string, type: string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['Qk', 'image/bmp'],
];
const DATA_URL = /^data:([^;,]+)[^,]*;base64,/;

export function readImage(text: string): Media {
  // Clients of other dialects put in whole addresses.
  const url = text.startsWith('data:') ? DATA_URL.exec(text.slice(0, 256)) : null;
  const data = url === null ? text : text.slice(url[0].length);
  const type = url?.[1] ?? BEGINNINGS.find(([start]) => data.startsWith(start))?.[1];
  return {
    kind: 'media',
    medium: 'image',
    ...(type === undefined ? {} : { type }),
    source: { kind: 'base64', data },
  };
}

/** Undefined: this dialect has no place for it. */
export function writeImage({ medium, source }: Media): string | undefined {
  return medium === 'image' && source.kind === 'base64' ? source.data : undefined;
}

/** What a medium that found no place is called. */
export const mediaName = ({ medium, source }: Media): string =>
  medium === 'image' ? `part.image.${source.kind}` : `part.${medium}`;
