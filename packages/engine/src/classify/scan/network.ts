// Addresses of networks and devices: IPv4, IPv6 (RFC 4291), MAC.
import { groupSet } from './evidence.ts';
import { NOTED } from './finding.ts';
import { INNER_IPV4, INNER_IPV6, NOBODYS_IPV4, NOBODYS_IPV6 } from './forms.table.ts';
import type { Setting } from './matches.ts';
import { isDigit, isHex, isWord } from './text.ts';

const COLON = 0x3a;
const POINT = 0x2e;
const DASH = 0x2d;

type Token = {
  /** The word that holds the anchor, and the anchor. */
  readonly start: number;
  readonly end: number;
  readonly at: number;
  /** What stands before has been found already. */
  readonly past: number;
};

type Network = {
  readonly start: number;
  readonly end: number;
  readonly type: 'ip-address' | 'mac-address';
};

/** The address that the word is the beginning or a part of, or undefined. */
export function networkAt(text: string, token: Token): Network | undefined {
  const { start, end, at } = token;
  const after = text.charCodeAt(end);
  if (after === POINT) {
    if (start === at && text.charCodeAt(at - 1) !== POINT) {
      const last = ipv4End(text, at);
      if (last > 0) return { start: at, end: last, type: 'ip-address' };
    }
    return macAt(text, token);
  }
  if (after === DASH) return macAt(text, token);
  if (after !== COLON && text.charCodeAt(start - 1) !== COLON) return undefined;
  return macAt(text, token) ?? ipv6At(text, token);
}

const MAC_BEFORE_MAX = 15;
const IPV6_BEFORE_MAX = 40;

function macAt(text: string, { start, past }: Token): Network | undefined {
  let first = start;
  // A pair without a digit may stand before the first that has one.
  while (start - first < MAC_BEFORE_MAX && isPairBefore(text, first)) first -= 3;
  const end = macEnd(text, first);
  if (end < 0 || isWord(text.charCodeAt(first - 1)) || first < past) return undefined;
  return { start: first, end, type: 'mac-address' };
}

const isPairBefore = (text: string, at: number): boolean => {
  const separator = text.charCodeAt(at - 1);
  if (separator !== 0x3a && separator !== 0x2d) return false;
  return (
    isHex(text.charCodeAt(at - 2)) &&
    isHex(text.charCodeAt(at - 3)) &&
    !isWord(text.charCodeAt(at - 4))
  );
};

function ipv6At(text: string, { start, at, past }: Token): Network | undefined {
  let first = start;
  while (at - first < IPV6_BEFORE_MAX) {
    const before = text.charCodeAt(first - 1);
    if (!isHex(before) && before !== COLON) break;
    first -= 1;
  }
  if (isWord(text.charCodeAt(first - 1)) || first < past) return undefined;
  if (text[first] === ':' && text[first + 1] !== ':') first += 1;
  const end = ipv6End(text, first);
  return end > at ? { start: first, end: zoneEnd(text, end), type: 'ip-address' } : undefined;
}

const ZONE_MAX = 16;

/** `fe80::1%eth0`: the interface that the address is on is a part of it (RFC 4007). */
function zoneEnd(text: string, end: number): number {
  if (text[end] !== '%') return end;
  let at = end + 1;
  while (at - end <= ZONE_MAX && isWord(text.charCodeAt(at))) at += 1;
  return at > end + 1 ? at : end;
}

/** The end of a dotted quad at `start`, or -1. */
function ipv4End(text: string, start: number): number {
  let at = start;
  for (let part = 0; part < 4; part += 1) {
    let value = 0;
    const begun = at;
    while (isDigit(text.charCodeAt(at)) && at - begun < 4) {
      value = value * 10 + text.charCodeAt(at) - 48;
      at += 1;
    }
    if (at === begun || at - begun > 3 || value > 255) return -1;
    if (at - begun > 1 && text.charCodeAt(begun) === 48) return -1;
    if (part < 3) {
      if (text.charCodeAt(at) !== POINT) return -1;
      at += 1;
    }
  }
  const after = text.charCodeAt(at);
  return isWord(after) || after === 0x5f ? -1 : at;
}

const VERSION = groupSet(['version']);
const VERSION_WORD_MAX = 6;
const IP = groupSet(['ip']);
const IP_WORD_MAX = 40;
const INNER_WORD_MAX = 12;

/** How sure the address that the setting is about is somebody's. */
export function addressSure(text: string, setting: Setting): number {
  const { start, end, around } = setting;
  const version = around.nearestBefore(VERSION) <= VERSION_WORD_MAX || text[start - 1] === '/';
  const longer = text[end] === '.' && isDigit(text.charCodeAt(end + 1));
  const value = text.slice(start, end).split('%', 1)[0] ?? '';
  const section = isSection(value) && around.nearest(IP) > IP_WORD_MAX;
  if (version || longer || section || isNobodys(value)) return NOTED;
  if (!isInner(value)) return 0.85;
  const network = /(?:\.0|\.255|::)$/.test(value) && text[end] === '/';
  const said = setting.lone || around.nearestBefore(IP) <= INNER_WORD_MAX;
  return (said || isMachine(text, start, end)) && !network ? 0.6 : NOTED;
}

/** Not the network itself or all of it, and no service: those have a port, or stand in a link. */
function isMachine(text: string, start: number, end: number): boolean {
  if (/(?:\.0|\.255|::)$/.test(text.slice(start, end))) return false;
  if (text[start - 1] === '@' || text[start - 1] === '=') return false;
  if (text[start - 1] === '[' && text[start - 2] === '/') return false;
  const after = text[end] === ']' ? end + 1 : end;
  return !(text[after] === ':' && isDigit(text.charCodeAt(after + 1)));
}

/** Nobody's address: loopback, multicast, documentation; and `1::2`, a slice of a list. */
function isNobodys(text: string): boolean {
  if (!text.includes(':')) return NOBODYS_IPV4.test(text);
  return (text.includes('::') && !/[0-9a-f]{3}/i.test(text)) || NOBODYS_IPV6.test(text);
}

/** Of a machine that only its own network knows: private, link-local. */
const isInner = (text: string): boolean =>
  (text.includes(':') ? INNER_IPV6 : INNER_IPV4).test(text);

/** `3.4.1.1`: sections, versions and object identifiers are counted from one on. */
const isSection = (text: string): boolean => /^(?:[0-3]?\d\.){3}[0-3]?\d$/.test(text);

/** The end of an IPv6 address at `start`, or -1: eight groups, or fewer around one `::`. */
function ipv6End(text: string, start: number): number {
  let at = start;
  let groups = 0;
  let gap = false;
  if (text.startsWith('::', at)) {
    gap = true;
    at += 2;
  }
  while (groups < 8) {
    const begun = at;
    while (isHex(text.charCodeAt(at)) && at - begun < 5) at += 1;
    if (at === begun || at - begun > 4) {
      if (at - begun > 4) return -1;
      break;
    }
    if (text.charCodeAt(at) === POINT && (gap || groups === 6)) {
      const quad = ipv4End(text, begun);
      if (quad > 0) return quad;
    }
    groups += 1;
    if (text.charCodeAt(at) !== COLON) break;
    if (text.charCodeAt(at + 1) === COLON) {
      if (gap) return -1;
      gap = true;
      at += 2;
    } else if (isHex(text.charCodeAt(at + 1)) && groups < 8) at += 1;
    else break;
  }
  const after = text.charCodeAt(at);
  if (isWord(after) || after === 0x5f || (after === COLON && isWord(text.charCodeAt(at + 1))))
    return -1;
  if (gap ? groups > 7 || groups < 1 : groups !== 8) return -1;
  return at;
}

/** The end of a MAC address at `start`, or -1: six pairs, or three fours with points. */
function macEnd(text: string, start: number): number {
  const separator = text.charCodeAt(start + 2);
  if (separator === COLON || separator === DASH) return pairsEnd(text, start, separator);
  if (text.charCodeAt(start + 4) !== POINT || text.charCodeAt(start + 9) !== POINT) return -1;
  for (let i = 0; i < 14; i += 1) {
    if (i !== 4 && i !== 9 && !isHex(text.charCodeAt(start + i))) return -1;
  }
  // `4012.8888.8888.1881` goes on.
  const after = text.charCodeAt(start + 14);
  return isWord(after) || (after === POINT && isWord(text.charCodeAt(start + 15)))
    ? -1
    : start + 14;
}

function pairsEnd(text: string, start: number, separator: number): number {
  for (let pair = 0; pair < 6; pair += 1) {
    const at = start + pair * 3;
    if (!isHex(text.charCodeAt(at)) || !isHex(text.charCodeAt(at + 1))) return -1;
    if (pair < 5 && text.charCodeAt(at + 2) !== separator) return -1;
  }
  const end = start + 17;
  const after = text.charCodeAt(end);
  return isWord(after) || after === separator ? -1 : end;
}
