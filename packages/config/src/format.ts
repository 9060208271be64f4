/** Which format a file is written in, told by what it says and not by its name. */
import { NOUN_NAMES } from '@signalbox/documents';
import type { TreeMap } from './source.ts';

export type Format = 'signalbox' | 'inference-config' | 'litellm' | 'portkey';

export function formatOf(tree: TreeMap): Format {
  const has = (key: string): boolean => Object.hasOwn(tree, key);
  if (has('version')) return 'signalbox';
  // Some of its keys are nouns of ours too.
  if (has('model_list') || LITELLM_SECTIONS.some(has)) return 'litellm';
  if (has('tiers') && (has('routing') || has('fallback'))) return 'inference-config';
  if (NOUN_NAMES.some(has)) return 'signalbox';
  if (has('strategy') && has('targets')) return 'portkey';
  return 'signalbox';
}

const LITELLM_SECTIONS = ['litellm_settings', 'router_settings', 'general_settings'];
