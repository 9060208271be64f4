// Reads the content of a call before it is judged. A small body is one step; of a large one the loop
// has a turn between two slices, so that other calls go on.
import { type Content, Reading } from './classify/reading.ts';
import type { House } from './house.ts';
import type { Joined } from './session/session.ts';

export async function readThrough({ question }: Joined, house: House): Promise<Content> {
  const reading = new Reading(question.bytes);
  while (reading.step()) await turn(house);
  return reading.found();
}

const turn = ({ ports }: House): Promise<void> =>
  new Promise((done) => void ports.clock.after(0, done));
