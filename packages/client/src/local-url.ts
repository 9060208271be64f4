// A fallback must not be a way out: what the gateway would have kept inside may not go to a public
// address because the network failed. So a local endpoint has to look local.

const PRIVATE_NAME = /^localhost$|\.(?:localhost|local|internal|lan|home\.arpa)$/;

/** Loopback, private or link-local by its name or number; a name without a dot is the network's. */
export function looksLocal(hostname: string): boolean {
  const host = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  if (host.includes(':')) return isPrivate6(host);
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPrivate4(host.split('.').map(Number));
  return PRIVATE_NAME.test(host) || !host.includes('.');
}

/** RFC 1918, loopback, and 100.64.0.0/10 as overlay networks use it. */
function isPrivate4([a = 0, b = 0]: readonly number[]): boolean {
  if (a === 127 || a === 10) return true;
  if (a === 172) return b >= 16 && b <= 31;
  if (a === 100) return b >= 64 && b <= 127;
  return a === 192 && b === 168;
}

/** `URL` has written it in its short form. */
const isPrivate6 = (host: string): boolean => host === '::1' || /^f[cd]|^fe[89ab]/.test(host);
