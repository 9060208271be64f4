// A tenant that came with a file of another format has no document that somebody could edit: the
// importer makes it, and lets it start with `privacy: observe`. The one thing that may be said
// about it from outside is that it shall enforce.
import { isDeepStrictEqual } from 'node:util';
import { formatOf } from '@signalbox/config';
import type { WrittenDocument } from '@signalbox/control';
import { NOUNS, validate } from '@signalbox/documents';
import { parse } from 'yaml';
import { isTree } from './console-tree.ts';
import type { InForce } from './documents.ts';

/** True when the document differs from the imported one in nothing but `privacy: enforce`. */
export function asksForEnforcement(
  inForce: InForce,
  name: string,
  document: WrittenDocument,
): boolean {
  const current = inForce.read.configuration.tenants.get(name);
  if (current === undefined || !isImported(inForce, current.origin?.file)) return false;
  const asked = validate(NOUNS.tenants.schema, document);
  const { name: _name, origin: _origin, ...part } = current;
  return asked.ok && isDeepStrictEqual({ ...asked.value }, { ...part, privacy: 'enforce' });
}

function isImported({ files }: InForce, file: string | undefined): boolean {
  const text = files.find(({ name }) => name === file)?.text;
  const tree: unknown = text === undefined ? undefined : parse(text);
  return isTree(tree) && formatOf(tree) !== 'signalbox';
}
