// The rest of the record, in groups: who asked, how it was judged, what it cost, what proves it.
import type { ComponentChildren, VNode } from 'preact';
import type { Clearance, Decision } from '../api/decision-shape.ts';
import { exactCount, exactMoney, money, UNKNOWN, utc } from '../format.ts';
import { stepWords } from '../shell/step-words.ts';

type FactProps = { readonly name: string; readonly children: ComponentChildren };

function Fact({ name, children }: FactProps): VNode {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children ?? <span class="soft">{UNKNOWN}</span>}</dd>
    </div>
  );
}

type GroupProps = {
  readonly id: string;
  readonly name: string;
  readonly children: ComponentChildren;
  /** Said below the facts. */
  readonly note?: string;
};

const Group = ({ id, name, children, note }: GroupProps): VNode => (
  <section class="card" aria-labelledby={id}>
    <h2 id={id}>{name}</h2>
    <dl class="facts">{children}</dl>
    {note !== undefined && <p class="soft note-line">{note}</p>}
  </section>
);

export function Facts({ decision }: { readonly decision: Decision }): VNode {
  return (
    <div class="fact-groups">
      <WhoGroup decision={decision} />
      <JudgedGroup decision={decision} />
      <MoneyGroup decision={decision} />
      <ProofGroup decision={decision} />
    </div>
  );
}

type Props = { readonly decision: Decision };

function WhoGroup({ decision }: Props): VNode {
  const { tenant, session } = decision;
  const tags = Object.entries(decision.tags).map(([key, value]) => `${key}=${value}`);
  return (
    <Group id="who" name="Who asked, and for what">
      <Fact name="Time">{utc(decision.at)}</Fact>
      <Fact name="Tenant">
        {tenant !== undefined && (
          <a href={`/requests?tenant=${encodeURIComponent(tenant)}`}>{tenant}</a>
        )}
      </Fact>
      <Fact name="Key">{decision.key}</Fact>
      <Fact name="Session">
        {session !== undefined && (
          <a href={`/sessions/${encodeURIComponent(session)}`}>{session}</a>
        )}
      </Fact>
      <Fact name="Agent">{decision.agent}</Fact>
      <Fact name="Operation">
        {decision.operation}
        {decision.stream ? ', streamed' : ''}
      </Fact>
      <Fact name="Asked for">{decision.modelRequested}</Fact>
      {tags.length > 0 && <Fact name="Tags">{tags.join(', ')}</Fact>}
      {decision.retryOf !== undefined && <Fact name="Retry of">{decision.retryOf}</Fact>}
    </Group>
  );
}

const kindWords = (kind: string): string =>
  kind === 'unscanned' ? 'a part was not readable' : kind;

function JudgedGroup({ decision }: Props): VNode {
  const { declared, kinds, label, step, stepSource, stepClass, latencyBudgetMs } = decision;
  return (
    <Group id="judged" name="How it was judged">
      <Fact name="Label">
        {label}
        {kinds.length > 0 && <span class="soft"> {kinds.map(kindWords).join(', ')}</span>}
      </Fact>
      {declared !== undefined && (
        <Fact name="Declared">
          {declared} <span class="soft">less than the label, and ignored</span>
        </Fact>
      )}
      <Fact name="Clearance">
        {decision.clearance !== undefined && clearanceWords(decision.clearance)}
      </Fact>
      <Fact name="Rule">{decision.rule ?? <span class="soft">no rule spoke</span>}</Fact>
      <Fact name="Step">
        {step}
        {step !== undefined && <span class="soft"> {stepWords(stepSource, stepClass, step)}</span>}
      </Fact>
      <Fact name="Difficulty">{decision.difficulty}</Fact>
      {latencyBudgetMs !== undefined && <Fact name="Latency budget">{latencyBudgetMs} ms</Fact>}
      <Fact name="Documents">
        <code>{decision.snapshot.slice(0, 16)}</code>
      </Fact>
    </Group>
  );
}

function clearanceWords({ ceiling, shut, residency, retention, ownOnly }: Clearance): string {
  return [
    ceiling === 3 ? 'any tier' : `tier ${ceiling} at most`,
    shut === undefined ? '' : `but not tier ${shut}`,
    residency === undefined ? 'any region' : `only in ${residency.join(', ')}`,
    retention === 'zero' ? 'nothing kept' : '',
    ownOnly ? 'own endpoints only' : '',
  ]
    .filter((one) => one !== '')
    .join('; ');
}

function MoneyGroup({ decision }: Props): VNode {
  const { usage } = decision;
  return (
    <Group id="money" name="Usage and cost">
      <Fact name="Input">{usage !== undefined && `${exactCount(usage.inputTokens)} tokens`}</Fact>
      <Fact name="Output">{usage !== undefined && `${exactCount(usage.outputTokens)} tokens`}</Fact>
      {usage?.cachedInputTokens !== undefined && (
        <Fact name="From cache">{exactCount(usage.cachedInputTokens)} tokens</Fact>
      )}
      {usage?.reasoningTokens !== undefined && (
        <Fact name="Reasoning">{exactCount(usage.reasoningTokens)} tokens</Fact>
      )}
      <Fact name="Counted by">
        {usage?.source === 'measured' ? 'the endpoint' : usage && 'us: an estimate'}
      </Fact>
      <Fact name="Cost">
        {decision.costUsd === undefined ? 'not known' : exactMoney(decision.costUsd)}
      </Fact>
      <Fact name="Price list">{decision.priceVersion}</Fact>
      <Fact name="Saved">
        {decision.savingsUsd !== undefined &&
          `${exactMoney(decision.savingsUsd)} against the frontier`}
      </Fact>
      <Fact name="Held before">{money(decision.heldMicroUsd)}</Fact>
    </Group>
  );
}

const NO_CONTENT = 'Commitments are keyed hashes. The record holds no prompt and no answer.';

function ProofGroup({ decision }: Props): VNode {
  const { requestCommitment, responseCommitment, traceId } = decision;
  return (
    <Group id="proof" name="What proves it" note={NO_CONTENT}>
      <Fact name="Decision">
        <code>{decision.decision}</code>
      </Fact>
      <Fact name="Request">
        <code>{decision.request}</code>
      </Fact>
      <Fact name="Bytes received">
        {requestCommitment !== undefined && <code>{requestCommitment}</code>}
      </Fact>
      <Fact name="Bytes answered">
        {responseCommitment !== undefined && <code>{responseCommitment}</code>}
      </Fact>
      <Fact name="Trace">{traceId !== undefined && <code>{traceId}</code>}</Fact>
    </Group>
  );
}
