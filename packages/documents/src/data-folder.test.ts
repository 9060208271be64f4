import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DATA_FOLDER_LAYOUT, type LayoutStep, migrateDataFolder } from './data-folder.ts';

const PROGRAM = 'signalbox 0.1.0';
const marker = (layout: number): unknown => ({
  v: 1,
  kind: 'data-folder',
  layout,
  createdBy: 'signalbox 9.9.9',
});
const decide = (found: unknown, occupied = true): ReturnType<typeof migrateDataFolder> =>
  migrateDataFolder({ marker: found, occupied, program: PROGRAM });

test('an empty folder gets a marker of this layout', () => {
  const expected = { v: 1, kind: 'data-folder', layout: DATA_FOLDER_LAYOUT, createdBy: PROGRAM };
  assert.deepEqual(decide(undefined, false), { kind: 'fresh', marker: expected });
});

test('a folder of this layout is used as it is', () => {
  assert.deepEqual(decide(marker(DATA_FOLDER_LAYOUT)), { kind: 'current' });
});

test('a folder with files but no marker is somebody else’s', () => {
  const verdict = decide(undefined);
  assert.equal(verdict.kind, 'refuse');
});

test('a newer layout is refused with who made it and what to run', () => {
  const verdict = decide(marker(2));
  assert.equal(verdict.kind, 'refuse');
  assert.match(
    verdict.kind === 'refuse' ? verdict.reason : '',
    /layout 2, made by signalbox 9\.9\.9/,
  );
  assert.match(
    verdict.kind === 'refuse' ? verdict.command : '',
    /^SIGNALBOX_DATA=\S+ signalbox up$/,
  );
});

test('an older layout is led up step by step and keeps who made it', () => {
  const steps: readonly LayoutStep[] = [
    { from: 2, name: 'second' },
    { from: 1, name: 'first' },
  ];
  const verdict = migrateDataFolder(
    { marker: marker(1), occupied: true, program: PROGRAM },
    3,
    steps,
  );
  assert.equal(verdict.kind, 'migrate');
  if (verdict.kind !== 'migrate') return;
  assert.deepEqual(
    verdict.steps.map((step) => step.name),
    ['first', 'second'],
  );
  assert.equal(verdict.marker.layout, 3);
  assert.equal(verdict.marker.createdBy, 'signalbox 9.9.9');
});

test('an older layout with a missing step is refused, not half migrated', () => {
  const steps: readonly LayoutStep[] = [{ from: 2, name: 'second' }];
  const verdict = migrateDataFolder(
    { marker: marker(1), occupied: true, program: PROGRAM },
    3,
    steps,
  );
  assert.equal(verdict.kind, 'refuse');
  const command = verdict.kind === 'refuse' ? verdict.command : '';
  assert.equal(command, 'SIGNALBOX_DATA=./other-folder signalbox up');
});

test('an unreadable marker is refused and its text does not reach the terminal', () => {
  const strange = [
    null,
    'x',
    {},
    { v: 2, kind: 'data-folder', layout: 1, createdBy: 'x' },
    { v: 1, kind: 'data-folder', layout: 1.5, createdBy: 'x' },
    { v: 1, kind: 'data-folder', layout: 1, createdBy: 'x', more: true },
  ];
  for (const one of strange) assert.equal(decide(one).kind, 'refuse');
  const colored = { v: 1, kind: 'data-folder', layout: 7, createdBy: '\u001b[31mred' };
  const verdict = decide(colored);
  assert.ok(verdict.kind === 'refuse' && !verdict.reason.includes('\u001b'));
});
