/** Names that an importer makes up: the plainest that nobody has, within the length of a name. */

const CHARACTERS_MAX = 63;
/** For a dash and a number. */
const ROOM = 7;

/** The first wish that is free, else the first with a number. It is taken from then on. */
export function takeName(wishes: readonly [string, ...string[]], taken: Set<string>): string {
  const short = wishes.map((one) => one.slice(0, CHARACTERS_MAX));
  let name = short.find((one) => !taken.has(one));
  const base = wishes[0].slice(0, CHARACTERS_MAX - ROOM);
  for (let number = 2; name === undefined; number += 1) {
    const next = `${base}-${number}`;
    if (!taken.has(next)) name = next;
  }
  taken.add(name);
  return name;
}
