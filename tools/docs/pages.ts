// The pages of docs/reference that are written from the code they describe. Whoever changes the
// code runs `node tools/docs/main.ts`; a test keeps pages and code equal.

import { environmentReference } from '@signalbox/config';
import { configurationReference } from '@signalbox/documents';
import { commandLinePage } from './command-line.ts';
import { dialectsPage } from './dialects.ts';
import { errorsPage } from './errors.ts';
import { headersPage } from './headers.ts';
import { httpApiPage } from './http-api.ts';
import { readmeWithServers, serversPage } from './servers.ts';

export type WrittenPage = {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: () => string | Promise<string>;
};

const reference = (name: string, text: WrittenPage['text']): WrittenPage => ({
  path: `docs/reference/${name}.md`,
  text,
});

export const WRITTEN_PAGES: readonly WrittenPage[] = [
  reference('configuration', configurationReference),
  reference('environment', environmentReference),
  reference('errors', errorsPage),
  reference('headers', headersPage),
  reference('command-line', commandLinePage),
  reference('http-api', httpApiPage),
  reference('dialects', dialectsPage),
  reference('servers', serversPage),
  { path: 'README.md', text: readmeWithServers },
];
