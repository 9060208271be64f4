// How a step was known, in the console's words.

const SOURCES: Readonly<Record<string, string>> = {
  header: 'said by the header',
  metadata: 'said by its metadata',
  telemetry: 'said by its trace',
  identity: 'as told of the same prompt and tools before',
  structure: 'by how the request is built',
  words: 'read from its words',
  position: 'by its place in the conversation',
};

/** @param told the caller's own word, where there is one. */
export function stepWords(
  source: string | undefined,
  stepClass?: string | undefined,
  told?: string | undefined,
): string {
  const how = SOURCES[source ?? ''] ?? '';
  return stepClass === undefined || stepClass === told ? how : `${stepClass}, ${how}`;
}
