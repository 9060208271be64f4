// The thread that owns the database. It reads the journal's files itself, so that a call costs the
// main thread nothing but a number; it answers questions in the order they come, between batches.

import { setImmediate as turn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { assert, unreachable } from '@signalbox/contract';
import { nodeDisk } from '../journal/node-disk.ts';
import { readEntryAt } from '../journal/read.ts';
import { isBefore, type Position } from '../journal/segment.ts';
import { FlowReader } from './flows.ts';
import { follow, knowsCursor } from './follow.ts';
import { OverviewReader } from './overview.ts';
import { Projection } from './project.ts';
import type { Answer, FromWorker, Question, ToWorker, WorkerStart } from './protocol.ts';
import { Queries } from './query.ts';
import { EVERY_TENANT, type RequestSummary, type Scope, type StoredRecord } from './records.ts';
import { openDatabase } from './schema.ts';

/** Of one batch, for one scope. */
const FEED_MAX = 100;

const port = parentPort;
assert(port !== null, 'the store runs in a worker');
const start: WorkerStart = workerData;
const say = (message: FromWorker): void => port.postMessage(message);

const disk = nodeDisk();
const { database, rebuilt } = openDatabase(start.path);
const projection = new Projection(database, start.keep);
const queries = new Queries(database);
const overviews = new OverviewReader(database);
const flows = new FlowReader(database);

let watched: readonly Scope[] = [];
let target: Position | undefined;
let following: Promise<void> | undefined;
let checked = false;
let batch = Promise.withResolvers<void>();

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'advance':
      if (target === undefined || isBefore(target, message.to)) target = message.to;
      following ??= catchUp();
      return;
    case 'ask':
      void respond(message.id, message.question);
      return;
    case 'watch':
      watched = message.scopes;
      return;
    case 'close':
      void close();
      return;
    default:
      unreachable(message);
  }
});
say({ kind: 'ready', position: projection.cursor().position, rebuilt });

async function catchUp(): Promise<void> {
  try {
    if (!checked && !(await knowsCursor(disk, start.journalFolder, projection)))
      projection.rewind();
    checked = true;
    while (target !== undefined) {
      const to = target;
      target = undefined;
      await follow({ disk, folder: start.journalFolder, projection, turn, onProjected }, to);
    }
  } catch (error) {
    say({ kind: 'stuck', detail: error instanceof Error ? error.message : String(error) });
  } finally {
    following = undefined;
  }
}

function onProjected(added: readonly RequestSummary[], position: Position): void {
  batch.resolve();
  batch = Promise.withResolvers<void>();
  say({ kind: 'projected', position });
  for (const scope of watched) {
    const seen = scope === EVERY_TENANT ? added : added.filter((one) => one.tenant === scope);
    if (seen.length === 0) continue;
    const requests = seen.slice(-FEED_MAX);
    say({ kind: 'feed', scope, requests, dropped: seen.length - requests.length });
  }
}

/** A question sees what was safe when it was asked, unless that takes more than one batch. */
async function respond(id: number, question: Question): Promise<void> {
  try {
    if (following !== undefined) await Promise.race([following, batch.promise]);
    say({ kind: 'answer', id, answer: await answerTo(question) });
  } catch (error) {
    say({ kind: 'failure', id, detail: error instanceof Error ? error.message : String(error) });
  }
}

async function answerTo(question: Question): Promise<Answer> {
  switch (question.kind) {
    case 'recent':
      return { kind: 'recent', value: queries.recent(question.query) };
    case 'decision':
      return { kind: 'decision', value: await recordOf(question.tenant, question.decision) };
    case 'usage':
      return { kind: 'usage', value: queries.usage(question.query) };
    case 'overview':
      return { kind: 'overview', value: overviews.read(question.query) };
    case 'flows':
      return { kind: 'flows', value: flows.read(question.query) };
    default:
      return unreachable(question);
  }
}

async function recordOf(tenant: Scope, decision: string): Promise<StoredRecord | undefined> {
  const found = queries.byDecision(tenant, decision);
  if (found === undefined) return undefined;
  const entry = await readEntryAt(disk, start.journalFolder, found.place).catch(() => undefined);
  // A journal that was replaced may have something else at that place.
  const isSame = entry?.head.call === requestIdOf(found.summary.decision);
  const recordJson = isSame ? entry.bodyText : undefined;
  const { summary, feedback } = found;
  return { summary, recordJson, feedback: feedback.length === 0 ? undefined : feedback };
}

/** `dec_` and `req_` share the 26 characters that follow. */
const requestIdOf = (decision: string): string => `req_${decision.slice(4, 30)}`;

async function close(): Promise<void> {
  await following;
  database.close();
  port?.close();
}
