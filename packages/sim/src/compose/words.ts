// Words of a text, and when two words count as the same one.

const suffix = /(?:ations?|ing|ed|es|s)$/;

/** Lower-case words of at least `lettersMin` letters, in order, repeated as they come. */
export function wordsOf(text: string, lettersMin = 3): string[] {
  const words = text.toLowerCase().match(/\p{L}[\p{L}\p{N}]*/gu) ?? [];
  return words.filter((word) => word.length >= lettersMin);
}

/** A word without its commonest English ending, so that `refunds` meets `refund`. */
export function stem(word: string): string {
  const lower = word.toLowerCase();
  if (lower.length <= 4) return lower.replace(/s$/, '');
  return lower.replace(suffix, '');
}

export function stemsOf(text: string): Set<string> {
  return new Set(wordsOf(text).map(stem));
}

/** `getCurrentWeather`, `get_current-weather`: the words that a name is made of. */
export function wordsOfName(name: string): string[] {
  return wordsOf(name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll(/[_\-./]/g, ' '), 2);
}

/** Cut after the last whole word that fits. */
export function shortened(text: string, unitsMax: number): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  if (flat.length <= unitsMax) return flat;
  const cut = flat.slice(0, unitsMax);
  const blank = cut.lastIndexOf(' ');
  return `${(blank > unitsMax / 2 ? cut.slice(0, blank) : cut).replace(/[,;:]$/, '')}...`;
}
