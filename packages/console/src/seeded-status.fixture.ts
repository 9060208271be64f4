// A server that runs well, and one whose files have just been broken.
import type { StatusDocument } from '@signalbox/control';
import { decisionNumber } from './seeded.fixture.ts';

const endpoint = (
  name: string,
  tier: 1 | 2 | 3,
  models: string[],
  more: Partial<StatusDocument['endpoints'][number]> = {},
): StatusDocument['endpoints'][number] => ({
  name,
  kind: 'sim',
  origin: 'http://127.0.0.1:1',
  tier,
  region: undefined,
  tenant: undefined,
  state: 'available',
  why: undefined,
  models,
  hasKey: false,
  keyTail: undefined,
  facts: [],
  ...more,
});

export function wellStatus(now: number): StatusDocument {
  return {
    mode: 'ready',
    reasons: [],
    version: '0.1.0',
    node: 'laptop',
    startedAt: now - 3 * 3_600_000,
    snapshot: { version: '3f9ac0d1e2b4', since: now - 3_600_000, files: ['signalbox.yaml'] },
    problems: [],
    journal: { kind: 'ready' },
    records: { kind: 'ready' },
    endpoints: [
      endpoint('sim-local', 1, ['sim-small']),
      endpoint('ollama', 1, ['qwen3:8b', 'nomic-embed-text'], { kind: 'ollama' }),
      endpoint('sim-private', 2, ['sim-medium']),
      endpoint('sim-frontier', 3, ['sim-frontier']),
      endpoint('openai', 3, ['gpt-5', 'gpt-5-mini'], {
        kind: 'openai',
        state: 'off',
        why: '`signalbox endpoint enable openai` turns it on',
      }),
    ],
    models: [],
    firstCall: undefined,
  };
}

export function brokenStatus(now: number): StatusDocument {
  return {
    ...wellStatus(now),
    mode: 'degraded',
    reasons: ['The configuration has 1 problem; the snapshot before it goes on.'],
    problems: [
      {
        file: 'signalbox.yaml',
        line: 14,
        column: 5,
        excerpt: '    topolgy: hybrid\n    ^^^^^^^',
        path: 'tenants.acme.topolgy',
        message: 'unknown key `topolgy`',
        hint: 'did you mean `topology`?',
      },
    ],
    journal: { kind: 'unavailable', reason: 'disk-full', detail: 'no space left on the device' },
    records: { kind: 'stuck', detail: 'the database cannot be written' },
  };
}

/** The record of a regulated call that stayed on tier 1, after the first place was down. */
export function record(number: number, at: number): object {
  return {
    decision: decisionNumber(number),
    request: decisionNumber(number).replace('dec_', 'req_'),
    at,
    tenant: 'acme',
    key: 'web',
    session: 'ses_8f2a61c09d',
    agent: 'claims-triage',
    operation: 'chat',
    stream: true,
    step: 'summarise',
    stepSource: 'header',
    modelRequested: 'auto',
    label: 'regulated',
    kinds: ['government-id', 'health'],
    difficulty: 'hard',
    latencyBudgetMs: 4_000,
    snapshot: '3f9ac0d1e2b4a59687766554433221100ffeeddcc',
    clearance: {
      ceiling: 1,
      shut: undefined,
      residency: ['eu'],
      retention: 'zero',
      ownOnly: false,
    },
    candidates: [
      { endpoint: 'ollama', model: 'qwen3:8b', tier: 1, gates: 0 },
      { endpoint: 'sim-local', model: 'sim-small', tier: 1, gates: 0 },
      { endpoint: 'sim-private', model: 'sim-medium', tier: 2, gates: 4 },
      { endpoint: 'sim-frontier', model: 'sim-frontier', tier: 3, gates: 4 | 8 },
      { endpoint: 'openai', model: 'gpt-5', tier: 3, gates: 4 | 8 | 16 | 128 },
    ],
    rule: 'claims-stay-home (signalbox.yaml:41)',
    attempts: [
      {
        endpoint: 'ollama',
        tier: 1,
        modelAsked: 'qwen3:8b',
        durationMs: 3.1,
        outcome: 'failed',
        fault: 'connect_failed',
      },
      {
        endpoint: 'sim-local',
        tier: 1,
        region: 'eu',
        modelAsked: 'sim-small',
        modelClaimed: 'sim-small-2026-09',
        status: 200,
        firstByteMs: 12.4,
        durationMs: 41.7,
        outcome: 'answered',
      },
    ],
    ending: 'answered',
    status: 200,
    fallback: true,
    parkedMs: 0,
    usage: { inputTokens: 412, outputTokens: 96, cachedInputTokens: 128, source: 'measured' },
    costNanoUsd: '2140',
    priceVersion: '2026-11-01',
    savingsNanoUsd: '4802860',
    heldNanoUsd: '9000',
    decideMs: 0.42,
    queueMs: 1.2,
    upstreamMs: 44.8,
    firstByteMs: 17.1,
    totalMs: 46.9,
    requestCommitment: '5be1c0ffee1184aa90',
    responseCommitment: '77aa00bb19f3de0142',
    tags: { team: 'claims', feature: 'intake' },
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  };
}
