/** A written tree as the text of one `signalbox.yaml`. */
import { CONFIGURATION_VERSION, NOUN_NAMES } from '@signalbox/documents';
import { stringify } from 'yaml';
import { childOf, newMap, type TreeMap } from './source.ts';

/** Editors read the schema that the gateway serves, or the one that lies beside the file. */
export const SCHEMA_FILE = 'signalbox.schema.json';
export const SCHEMA_LINE: string = `# yaml-language-server: $schema=./${SCHEMA_FILE}\n`;

export function writeYaml(tree: TreeMap): string {
  const ordered = newMap();
  ordered['version'] = CONFIGURATION_VERSION;
  for (const noun of NOUN_NAMES) {
    const section = childOf(tree, noun);
    if (section !== undefined) ordered[noun] = section;
  }
  return SCHEMA_LINE + stringify(ordered, { lineWidth: 100, aliasDuplicateObjects: false });
}
