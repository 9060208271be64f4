// `signalbox route train|list|promote|rollback`: routers that were learned, on the machine of the
// gateway. It notices within seconds what is promoted; nothing waits for it.
import { basename, resolve } from 'node:path';
import type { RouterStage } from '@signalbox/control';
import type { Evaluation, RouteModel } from '@signalbox/engine';
import type { Asked, Command, Desk } from '../command.ts';
import { compiledOffline } from '../configuration/compiled.ts';
import { promoteRouter, rollBackRouter, whyNot } from '../configuration/router-deeds.ts';
import { readRouter, readStanding, routersIn, writeRouter } from '../configuration/routers.ts';
import { type Taught, taughtBy } from '../eval/routing-journal.ts';
import { readRows } from '../eval/routing-set.ts';
import { trainForLine, unfit } from '../eval/routing-train.ts';
import { CommandFault, EXIT, type ExitCode, misused } from '../exit.ts';
import { columns, printable } from '../layout.ts';
import { mayChange, unknownName } from './admin.ts';

export const commands: readonly Command[] = [
  {
    name: 'route train',
    says: 'Learn from rows (prompt, step, how good each tier was) or the journal; evaluate it.',
    flags: {
      rows: {
        says: 'JSON Lines: `prompt`, `models` by tier, `sub` (the step), `task` (the tenant).',
        takes: 'FILE',
        many: true,
      },
      journal: { says: 'Calls of `auto` and what was said of their answers, by tenant.' },
      tenant: { says: 'With --journal: of this tenant, and for it alone.', takes: 'NAME' },
    },
    examples: [
      'signalbox route train --rows labels.jsonl',
      'signalbox route train --rows labels.jsonl --journal',
      'signalbox route train --journal --tenant acme',
    ],
    run: train,
  },
  {
    name: 'route list',
    says: 'The routers that were trained, and which one is promoted.',
    examples: ['signalbox route list', 'signalbox route list --json'],
    run: list,
  },
  {
    name: 'route promote',
    says: 'Let a router decide calls of `auto`, if its evaluation allows it.',
    takes: [{ name: 'ROUTER', says: 'Its digest, as `route list` shows it.' }],
    flags: { ring: { says: 'For tenants of this ring and those before it.', takes: 'N' } },
    changes: true,
    examples: [
      'signalbox route promote 0123456789abcdef --ring 1',
      'signalbox route promote 0123456789abcdef',
    ],
    run: promote,
  },
  {
    name: 'route rollback',
    says: 'Go back to what was promoted before, at once.',
    changes: true,
    examples: ['signalbox route rollback'],
    run: rollback,
  },
];

async function train(asked: Asked, { terminal, place }: Desk): Promise<ExitCode> {
  const files = asked.list('rows').map((one) => resolve(place.folder, one));
  const fromJournal = asked.switched('journal');
  if (files.length === 0 && !fromJournal) {
    throw misused('Say what to learn from: --rows FILE, or --journal.');
  }
  const rows = (await Promise.all(files.map((one) => readRows(one)))).flat();
  const tenant = asked.text('tenant');
  if (tenant !== undefined && (files.length > 0 || !fromJournal)) {
    throw misused('--tenant goes with --journal alone: a router for this tenant and nobody else.');
  }
  const taught = fromJournal ? await journalRows(tenant, place) : undefined;
  const sources = [...files.map((one) => basename(one)), ...(fromJournal ? ['journal'] : [])];
  const own = taught?.rows ?? [];
  const { origins } = taught ?? {};
  const { model, bytes } =
    tenant === undefined
      ? trainForLine(rows, { sources, origins, own })
      : trainForLine(own, { sources, origins });
  const digest = await writeRouter(place.dataFolder, bytes);
  show({ digest, model, stage: undefined }, terminal);
  const why = unfit(model);
  terminal.say(
    why === undefined
      ? `next: signalbox route promote ${digest} --ring 1`
      : `it cannot be promoted: ${why}`,
  );
  return EXIT.ok;
}

/** @throws a fault where it has nothing to learn from. */
async function journalRows(tenant: string | undefined, place: Desk['place']): Promise<Taught> {
  const { configuration } = await compiledOffline(place);
  const keepDays = configuration.routing.featuresKeepDays;
  const { dataFolder } = place;
  const taught = await taughtBy({ dataFolder, tenant, keepDays, now: Date.now() });
  const { rows, calls, unread } = taught;
  if (rows.length > 0) return taught;
  if (calls === 0) {
    throw new CommandFault(EXIT.failed, 'The journal holds no features of calls to learn from.', {
      hint:
        'They are kept of calls of the model `auto` that are public or internal, for as many ' +
        'days as `routing.features_keep` says.',
    });
  }
  const why =
    unread > 0 ? `the features of ${unread} cannot be opened any more` : 'none is labelled';
  throw new CommandFault(EXIT.failed, `Of ${calls} calls ${why}.`, {
    hint: 'Say how good an answer was: POST /v1/feedback {"decision": "dec_…", "ok": true}.',
  });
}

async function list(_asked: Asked, { terminal, place }: Desk): Promise<ExitCode> {
  const { now } = await readStanding(place.dataFolder);
  const digests = await routersIn(place.dataFolder);
  const found = await Promise.all(
    digests.map(async (digest) => {
      const model = await readRouter(place.dataFolder, digest);
      const stage = now?.digest === digest ? now : undefined;
      return model === undefined ? [] : [{ digest, model, stage }];
    }),
  );
  const all = found.flat();
  if (terminal.json) terminal.out(`${JSON.stringify({ data: all.map(documentOf) })}\n`);
  else {
    const head = ['router', 'rows', 'APGR', '95 % above', 'promoted'];
    const lines = all.map(({ digest, model, stage }) => {
      const { rows, evaluation } = model.card;
      const figures = [evaluation?.apgr, evaluation?.low].map((one) => one?.toFixed(3) ?? '-');
      return [digest, String(rows), ...figures, stage === undefined ? '-' : forWhom(stage)];
    });
    terminal.out(columns([head, ...lines]));
  }
  terminal.say(all.length === 0 ? 'next: signalbox route train --rows FILE' : '');
  return EXIT.ok;
}

async function promote(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { dataFolder } = desk.place;
  const digest = asked.words['ROUTER'] ?? '';
  const model = await readRouter(dataFolder, digest);
  if (model === undefined) throw unknownName('router', digest, await routersIn(dataFolder));
  const ring = asked.text('ring');
  if (ring !== undefined && !/^\d{1,4}$/.test(ring)) throw misused('--ring takes a number.');
  const why = whyNot(model);
  if (why !== undefined) throw refused(`The router ${digest} cannot be promoted: ${why}`);
  const stage: RouterStage = { digest, ring: ring === undefined ? null : Number(ring) };
  const question = `Let the router ${digest} decide for ${forWhom(stage)}?`;
  if (!(await mayChange(asked, desk, { question, shown: { promote: stage }, takes: false }))) {
    return EXIT.ok;
  }
  const done = await promoteRouter(dataFolder, stage, BY);
  if (done.kind === 'refused') throw refused(done.why);
  desk.terminal.say(`promoted for ${forWhom(stage)}; back: signalbox route rollback`);
  return EXIT.ok;
}

async function rollback(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { dataFolder } = desk.place;
  const { now, before } = await readStanding(dataFolder);
  const to = before.at(-1);
  if (now === null || to === undefined) {
    throw new CommandFault(EXIT.conflict, 'No router is promoted.', {
      hint: 'signalbox route list',
    });
  }
  const next = to === null ? 'no router' : `the router ${to.digest} for ${forWhom(to)}`;
  const question = `Go back from the router ${now.digest} to ${next}?`;
  if (!(await mayChange(asked, desk, { question, shown: { rollback: to }, takes: true }))) {
    return EXIT.ok;
  }
  const done = await rollBackRouter(dataFolder, now.digest, BY);
  if (done.kind === 'refused') throw new CommandFault(EXIT.conflict, `${done.why}.`);
  desk.terminal.say(`in force: ${next}; next: signalbox route list`);
  return EXIT.ok;
}

const BY = 'command line';

const refused = (why: string): CommandFault =>
  new CommandFault(EXIT.failed, `${why}.`, {
    hint: 'Train it on more rows: signalbox route train --rows FILE',
  });

const forWhom = ({ ring }: RouterStage): string =>
  ring === null ? 'all tenants' : `ring ${ring} and those before it`;

function measuredWords({ apgr, low, rows }: Evaluation): string {
  const figures = [apgr, low].map((one) => one.toFixed(3));
  return `APGR ${figures[0]} on ${rows} unseen rows (chance 0.5; 95 % above ${figures[1]})`;
}

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ');

type Shown = {
  readonly digest: string;
  readonly model: RouteModel;
  readonly stage: RouterStage | undefined;
};

const documentOf = ({ digest, model, stage }: Shown) => ({
  ...{ router: digest, models: model.models.map(({ name }) => name), card: model.card },
  ...{ may_be_promoted: unfit(model) === undefined, promoted: stage ?? null },
});

function show(shown: Shown, terminal: Desk['terminal']): void {
  if (terminal.json) {
    terminal.out(`${JSON.stringify(documentOf(shown))}\n`);
    return;
  }
  const { rows, duplicates, labels, evaluation, sources, origins, own } = shown.model.card;
  const measured =
    evaluation === undefined ? 'not enough rows with both outcomes' : measuredWords(evaluation);
  const lines = [
    ['router', shown.digest],
    ['from', sources.join(', ')],
    ['rows', `${rows}, and ${duplicates} equal ones left out`],
    ['labels', counted(labels)],
    ...(own === undefined ? [] : [['for itself', counted(own)]]),
    ...(origins === undefined ? [] : [['said by', counted(origins)]]),
    ['evaluation', measured],
  ];
  terminal.out(columns(lines.map((line) => line.map(printable))));
}
