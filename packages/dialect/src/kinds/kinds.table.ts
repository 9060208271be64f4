// Every kind of server, by the name that a document gives to it.
import { CLOUDS } from './clouds.table.ts';
import type { ServerKind } from './server-kind.ts';
import { OWN_SERVERS } from './servers.table.ts';
import { VENDORS } from './vendors.table.ts';

export const SERVER_KINDS: readonly ServerKind[] = [...OWN_SERVERS, ...VENDORS, ...CLOUDS];
