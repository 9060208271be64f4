// Asking the admin API, and making changes through it: shown first with `--dry-run`, asked about
// where something is taken away and somebody is there to answer.
import type { Asked, Desk } from '../command.ts';
import { CommandFault, EXIT } from '../exit.ts';
import { type Ask, askJson, listIn, readJson, refusalOf, send, textIn } from '../gateway-client.ts';

export type AdminAsk = Pick<Ask, 'path' | 'method' | 'body' | 'headers'>;

export function askAdmin({ place }: Desk, ask: AdminAsk): Promise<unknown> {
  return askJson({ ...ask, url: place.url, key: place.adminKey() });
}

/** All rows of a list of the admin API. */
export async function listOf(desk: Desk, noun: string): Promise<readonly unknown[]> {
  return listIn(await askAdmin(desk, { path: `/admin/v1/${noun}` }), 'data');
}

export type Fetched = { readonly document: unknown; readonly etag: string | undefined };

/** One document, with what `if-match` takes. */
export async function fetchNamed({ place }: Desk, noun: string, name: string): Promise<Fetched> {
  const path = `/admin/v1/${noun}/${encodeURIComponent(name)}`;
  const response = await send({ url: place.url, key: place.adminKey(), path });
  const document = await readJson(response);
  if (!response.ok) throw refusalOf(response, document);
  return { document, etag: response.headers.get('etag') ?? undefined };
}

/** The one with a name, or a fault that says which there are. */
export async function findNamed(desk: Desk, noun: string, name: string): Promise<unknown> {
  const rows = await listOf(desk, noun);
  const found = rows.find((one) => textIn(one, 'name') === name);
  if (found !== undefined) return found;
  const known = rows.flatMap((one) => textIn(one, 'name') ?? []);
  throw unknownName(noun.replace(/s$/, ''), name, known);
}

export function unknownName(noun: string, name: string, known: readonly string[]): CommandFault {
  const shown = known.slice(0, NAMES_SHOWN_MAX).join(', ');
  const hint = known.length === 0 ? 'There is none.' : `There is: ${shown}.`;
  return new CommandFault(EXIT.missing, `No ${noun} is called \`${name}\`.`, { hint });
}

const NAMES_SHOWN_MAX = 12;

export type Change = {
  /** In the words of somebody who is asked: `Remove the tenant acme?`. */
  readonly question: string;
  /** What would be sent or written, for `--dry-run`. */
  readonly shown: object;
  /** It takes something away. */
  readonly takes: boolean;
};

/** False: it was only to be shown, or somebody said no. */
export async function mayChange(
  asked: Asked,
  { terminal }: Desk,
  change: Change,
): Promise<boolean> {
  if (asked.switched('dry-run')) {
    terminal.out(
      `${JSON.stringify({ dry_run: true, ...change.shown }, undefined, terminal.json ? 0 : 2)}\n`,
    );
    terminal.say('Nothing was changed.');
    return false;
  }
  if (!change.takes || asked.switched('yes') || !terminal.asks) return true;
  if (await terminal.confirm(change.question)) return true;
  terminal.say('Nothing was changed.');
  return false;
}
