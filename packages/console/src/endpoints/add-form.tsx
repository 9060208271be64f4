// A new endpoint of a tenant. Its key leaves this page with the request, and no other part of the
// page ever holds it: it is read from its field when it is sent, and the field is emptied.
import type { EndpointKind } from '@signalbox/documents';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { change, type Refused } from '../api/ask.ts';
import { type Examined, examined } from '../api/brought-shape.ts';
import { asRefused } from '../api/polled.ts';
import { Refusal } from '../shell/refusal.tsx';

/** What tenants bring; the server knows more kinds, and the command line takes all of them. */
const KINDS: readonly EndpointKind[] = [
  'openai-compatible',
  'vllm',
  'ollama',
  'llama-server',
  'sglang',
  'tgi',
  'lmstudio',
  'nim',
  'openai',
  'anthropic',
  'gemini',
  'mistral',
  'groq',
  'deepseek',
  'openrouter',
];

export type AddFormProps = {
  readonly tenants: readonly string[];
  /** The one that is looked at; empty: all are. */
  readonly tenant: string;
  readonly onAdded: (examined: Examined) => void;
  readonly onClose: () => void;
};

export function AddForm({ tenants, tenant, onAdded, onClose }: AddFormProps): VNode {
  const [problem, setProblem] = useState<Refused>();
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  // Who asked for the form writes at once, and who listens hears where they are.
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (form.current === null) return;
    const body = bodyOf(new FormData(form.current));
    setBusy(true);
    setProblem(undefined);
    change('POST', 'endpoints', examined, body)
      .then(onAdded)
      .catch((error: unknown) => {
        setProblem(asRefused(error));
        setBusy(false);
      });
  };
  return (
    <section class="card add-form" aria-labelledby="add-form">
      <h2 id="add-form">Add an endpoint</h2>
      <form ref={form} onSubmit={submit} autocomplete="off">
        <Field id="url" label="Address" hint="Its base URL with the version path.">
          <input id="url" name="url" type="url" required placeholder="https://llm.example/v1" />
        </Field>
        <Field id="tenant" label="Tenant" hint="Only its calls go there.">
          <select id="tenant" name="tenant" value={tenant || tenants[0]}>
            {tenants.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </Field>
        <Field id="name" label="Name" hint="The tenant’s name is put before it: acme/gpu.">
          <input id="name" name="name" type="text" required placeholder="gpu" spellcheck={false} />
        </Field>
        <Field id="kind" label="Kind" hint="What speaks at the other end.">
          <select id="kind" name="kind">
            {KINDS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </Field>
        <Field
          id="key"
          label="Key"
          hint="Sealed at once, and never shown again. Leave it empty where none is asked for."
        >
          <input id="key" name="key" type="password" autocomplete="new-password" />
        </Field>
        {problem !== undefined && <Refusal problem={problem} />}
        <div class="actions">
          <button type="submit" class="button accent" disabled={busy}>
            {busy ? 'Asking it …' : 'Add in quarantine'}
          </button>
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </section>
  );
}

function bodyOf(form: FormData): object {
  const said = [...form].filter(([, value]) => typeof value === 'string' && value !== '');
  return Object.fromEntries(said);
}

type FieldProps = {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly children: VNode;
};

const Field = ({ id, label, hint, children }: FieldProps): VNode => (
  <div class="field">
    <label for={id}>{label}</label>
    {children}
    <p class="soft">{hint}</p>
  </div>
);
