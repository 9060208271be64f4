// The lists that come with Signalbox, read once a process: of prices, and of what is known of
// models.
import { indexListed, loadListed, loadSnapshot } from '@signalbox/documents';
import type { CompileInputs } from './compile.ts';

export type Lists = Pick<CompileInputs, 'listed' | 'models'>;

let loading: Promise<Lists> | undefined;

export function loadLists(): Promise<Lists> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Lists> {
  const [listed, models] = [await loadSnapshot(), await loadListed()];
  return {
    listed: listed.ok ? listed.value : undefined,
    models: models === undefined ? undefined : indexListed(models),
  };
}
