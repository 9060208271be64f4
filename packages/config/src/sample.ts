/** The file that `signalbox init` writes. It is read by the tests, so what it says is true. */
import { SCHEMA_LINE } from './write.ts';

const TEXT = `# Signalbox reads this file at start and again whenever it changes; a file with a
# mistake changes nothing. Every mistake at once: signalbox config validate. Every value with where
# it comes from: signalbox config show.
version: 1

# Model servers. A tier that is not declared follows from the address: this machine is tier 1, your
# own network tier 2, everything else tier 3.
endpoints:
  ollama:
    kind: ollama
    url: http://localhost:11434/v1
    models:
      qwen3:8b: { name: qwen3-8b, context_tokens: 32768, capabilities: [tools] }
  # Nothing is sent to an endpoint that is not enabled, not even a probe. Secrets are named, never
  # written down: \`env:NAME\`, \`file:/path\` or \`exec:command\`.
  frontier:
    kind: openai
    enabled: false
    credentials:
      - secret: env:OPENAI_API_KEY
    models: [gpt-5]

# A name that callers may use instead of a model; its targets are tried in this order.
aliases:
  agent-general: [qwen3-8b, gpt-5]

plans:
  starter:
    tiers: [1, 2, 3]
    budget: { amount_usd: 25, per: month }
    in_flight_max: 32

# What holds for the data of whoever calls. Labels are public < internal < personal < regulated;
# personal and regulated data stays on tier 1.
tenants:
  demo:
    plan: starter
    topology: hybrid
    default_label: public
    policies: [first]

# The first rule that matches decides.
policies:
  first:
    default_tier: 1
    rules:
      - name: sensitive-stays-here
        when: { sensitivity: '>=personal' }
        route: { tier: 1, tier_max: 1 }
      - name: hard-questions
        when: { step: [complex_reasoning, code_review] }
        route: { model: agent-general }
    fallback:
      cloud_unavailable: 1
      all_unavailable: queue
`;

/** A first \`signalbox.yaml\` with comments. */
export function sampleConfiguration(): string {
  return SCHEMA_LINE + TEXT;
}
