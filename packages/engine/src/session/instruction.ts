// The words of a call that are its tenant's own: what a user's turn quotes (documents, results of
// searches and of tools between marks) is left out, so that nobody else's text decides a tier.

const MARKS = 'context|documents?|sources?|search_results?|results?|tool_results?|retrieved|quote';
const QUOTED = new RegExp(`<(${MARKS})\\b[^>]*>[\\s\\S]*?(?:</\\1>|$)`, 'gi');

export const ownWords = (instruction: string): string =>
  instruction.includes('<') ? instruction.replace(QUOTED, ' ') : instruction;
