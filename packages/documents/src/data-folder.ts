/**
 * The marker in a data folder says by which layout its files are to be read. A folder of a newer
 * layout is refused, never guessed at: its journal may be somebody's only record.
 */
import { z } from 'zod';

export const DATA_FOLDER_LAYOUT = 1 as const;

export interface DataFolderDocument {
  readonly v: 1;
  readonly kind: 'data-folder';
  readonly layout: number;
  /** Name and version of the program that made it. */
  readonly createdBy: string;
}

/** One step raises the layout by one. The caller runs it and writes the marker afterwards. */
export interface LayoutStep {
  readonly from: number;
  readonly name: string;
}

export type DataFolderVerdict =
  | { readonly kind: 'fresh'; readonly marker: DataFolderDocument }
  | { readonly kind: 'current' }
  | {
      readonly kind: 'migrate';
      readonly steps: readonly LayoutStep[];
      readonly marker: DataFolderDocument;
    }
  | { readonly kind: 'refuse'; readonly reason: string; readonly command: string };

/** Layout 1 is the first there was, so nothing leads to it. */
export const LAYOUT_STEPS: readonly LayoutStep[] = [];

export const dataFolderSchema: z.ZodType<DataFolderDocument> = z.strictObject({
  v: z.literal(1),
  kind: z.literal('data-folder'),
  layout: z.int().min(1).max(1_000_000),
  createdBy: z.string().min(1).max(128),
});

export interface DataFolderFacts {
  /** The decoded marker; undefined when the folder has none. */
  readonly marker: unknown;
  /** True when the folder holds anything at all. */
  readonly occupied: boolean;
  readonly program: string;
}

/** Decides what to do with a data folder before anything in it is read. */
export function migrateDataFolder(
  facts: DataFolderFacts,
  layout: number = DATA_FOLDER_LAYOUT,
  steps: readonly LayoutStep[] = LAYOUT_STEPS,
): DataFolderVerdict {
  const marker: DataFolderDocument = {
    v: 1,
    kind: 'data-folder',
    layout,
    createdBy: facts.program,
  };
  if (facts.marker === undefined)
    return facts.occupied ? REFUSE_UNMARKED : { kind: 'fresh', marker };
  const read = dataFolderSchema.safeParse(facts.marker);
  if (!read.success) return REFUSE_UNREADABLE;
  if (read.data.layout === layout) return { kind: 'current' };
  if (read.data.layout > layout) return refuseNewer(read.data, layout);
  const chain = chainOf(read.data.layout, layout, steps);
  if (chain === undefined) return refuseOlder(read.data, layout);
  return { kind: 'migrate', steps: chain, marker: { ...marker, createdBy: read.data.createdBy } };
}

const ELSEWHERE = 'SIGNALBOX_DATA=./other-folder signalbox up';

const REFUSE_UNMARKED: DataFolderVerdict = {
  kind: 'refuse',
  reason: 'The folder holds files but no marker of Signalbox, so it may be somebody else’s.',
  command: ELSEWHERE,
};

const REFUSE_UNREADABLE: DataFolderVerdict = {
  kind: 'refuse',
  reason: 'The marker of the folder cannot be read; a newer Signalbox may have written it.',
  command: ELSEWHERE,
};

function refuseNewer(marker: DataFolderDocument, layout: number): DataFolderVerdict {
  const made = printable(marker.createdBy);
  const reason =
    `The folder has layout ${marker.layout}, made by ${made}; this program reads up to ` +
    `${layout}. Start it with the newer program, or use another folder.`;
  return { kind: 'refuse', reason, command: ELSEWHERE };
}

function refuseOlder(marker: DataFolderDocument, layout: number): DataFolderVerdict {
  const reason =
    `The folder has layout ${marker.layout}, and no step leads from there to ${layout}. ` +
    'Start it with the program that made it, or use another folder.';
  return { kind: 'refuse', reason, command: ELSEWHERE };
}

/** The marker comes from a disk: what goes to a terminal is letters. */
function printable(text: string): string {
  return text.replace(/[^ -~]/g, '?');
}

function chainOf(
  from: number,
  to: number,
  steps: readonly LayoutStep[],
): readonly LayoutStep[] | undefined {
  const chain: LayoutStep[] = [];
  for (let at = from; at < to; at += 1) {
    const step = steps.find((one) => one.from === at);
    if (step === undefined) return undefined;
    chain.push(step);
  }
  return chain;
}
