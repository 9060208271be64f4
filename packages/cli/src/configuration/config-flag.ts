// `--config`: the same flag wherever documents are read.
import type { FlagFacts } from '../command.ts';

export const CONFIG_FLAG: FlagFacts = {
  says: 'Configuration file or pattern; ./signalbox.yaml if there is one (SIGNALBOX_CONFIG).',
  takes: 'FILE',
  many: true,
};
