// One answer of 401 anywhere means that the session has ended everywhere.
const SIGNED_OUT = 'signalbox-signed-out';

export const saySignedOut = (): void => void dispatchEvent(new Event(SIGNED_OUT));

/** Returns how to stop listening. */
export function onSignedOut(then: () => void): () => void {
  addEventListener(SIGNED_OUT, then);
  return () => removeEventListener(SIGNED_OUT, then);
}
