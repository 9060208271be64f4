// Texts with known values, made from the public rules of the identifiers and from a seed: positives
// in thirteen languages and in payloads, and look-alikes that must not count. Two halves: what the
// scanner is tuned on, and what only measures it. No value is anybody's.

import { mod97 } from './checks.ts';
import { IDENTIFIERS } from './identifiers.table.ts';
import { isCard } from './money.ts';

export type Generated = {
  readonly half: 'tune' | 'measure';
  readonly kind: 'chat' | 'payload' | 'negative';
  readonly text: string;
  /** Where the values are; empty for a negative. */
  readonly spans: readonly (readonly [start: number, end: number])[];
};

/** Mulberry32, public domain: the same texts for the same seed. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Draw = () => number;
const pick = <T>(draw: Draw, list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
const digits = (draw: Draw, length: number): string =>
  Array.from({ length }, () => Math.floor(draw() * 10)).join('');
const two = (value: number): string => String(value).padStart(2, '0');
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const day = (draw: Draw): { y: number; m: string; d: string } => ({
  y: 1935 + Math.floor(draw() * 70),
  m: two(1 + Math.floor(draw() * 12)),
  d: two(1 + Math.floor(draw() * 28)),
});

/**
 * Drafts of each type: the right shape; the check is found by trying. `#` is a digit, `?` a letter,
 * `y`, `m` and `d` a year, month and day in two digits; words in brackets are choices.
 */
const DRAFTS: Readonly<Record<string, string>> = {
  'us-ssn': '[2|4]########',
  'us-npi': '1#########',
  'us-mbi': '[1|4|7][A|C|E|K]#[1|5][D|G|H]#9[T|W|Y][J|M|N]##',
  'uk-nhs': '##########',
  'uk-nino': '[AB|CE|JK|TX|WM|PR]######[A|B|C|D]',
  'de-tax-id': '###########',
  'de-social-security': '[12|15|53|65|04]dmy?###',
  'fr-nir': '[1|2]ym##########',
  'es-nif': '########?',
  'es-nie': '[X|Y|Z]#######?',
  'it-fiscal-code': '[BRN|FRT|GLM][CRL|MRC|SDR]y[A|C|L|P|T]d[A|F|H|L]###?',
  'pt-nif': '[1|2|5]########',
  'nl-bsn': '#########',
  'pl-pesel': 'ymd#####',
  'se-personnummer': 'ymd####',
  'fi-personal-identity-code': 'dmy-###[0|1|5|9|A|C|F|K|P|T|X|Y]',
  'br-cpf': '###########',
  'ca-sin': '#########',
  'au-tfn': '#########',
  'in-aadhaar': '############',
  'in-pan': '?BCP?####K',
  'jp-my-number': '############',
  'kr-rrn': 'ymd[1|2]######',
};

function drafted(draw: Draw, form: string): string {
  const { y, m, d } = day(draw);
  return form.replace(/\[([^\]]+)\]|#|\?|[ymd]/g, (mark, choices?: string) => {
    if (choices !== undefined) return pick(draw, choices.split('|'));
    if (mark === '#') return digits(draw, 1);
    if (mark === '?') return pick(draw, [...LETTERS]);
    return mark === 'y' ? two(y % 100) : mark === 'm' ? m : d;
  });
}

/** How each type is written; the first is the plain one. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  'us-ssn': ['3-2-4', '3 2 4'],
  'uk-nhs': ['10', '3 3 4'],
  'uk-nino': ['9', '2 2 2 2 1'],
  'de-tax-id': ['11', '2 3 3 3'],
  'fr-nir': ['15', '1 2 2 2 3 3 2'],
  'es-nif': ['9', '8-1'],
  'pt-nif': ['9', '3 3 3'],
  'se-personnummer': ['6-4'],
  'br-cpf': ['11', '3.3.3-2'],
  'ca-sin': ['9', '3 3 3', '3-3-3'],
  'au-tfn': ['9', '3 3 3'],
  'in-aadhaar': ['12', '4 4 4', '4-4-4'],
  'jp-my-number': ['12', '4 4 4', '4-4-4'],
  'kr-rrn': ['6-7'],
  'us-mbi': ['11', '4-3-4'],
};

const USERS = ['jo', 'ana', 'l.berg', 'k_ito'];
const HOSTS = ['mail.example', 'post.example.org', 'firma-x.de'];

export function sampleOf(type: string, draw: Draw): string {
  if (type === 'phone') return phone(draw);
  if (type === 'dob') return birth(draw);
  if (type === 'mail') return `${pick(draw, USERS)}${digits(draw, 2)}@${pick(draw, HOSTS)}`;
  if (type === 'card') return card(draw);
  if (type === 'iban') return iban(draw);
  if (type === 'ip') return drafted(draw, '[23|78|91].1#7.1##.9#');
  const rows = IDENTIFIERS.filter((one) => one.type === type);
  for (;;) {
    const value = drafted(draw, DRAFTS[type] ?? '');
    const [row] = rows;
    if (row?.form?.test(value) === false || row?.valid?.(value) === false) continue;
    return written(value, pick(draw, WRITTEN[type] ?? [String(value.length)]));
  }
}

function written(value: string, form: string): string {
  let at = 0;
  return form.replace(/\d+/g, (length) => {
    at += Number(length);
    return value.slice(at - Number(length), at);
  });
}

function card(draw: Draw): string {
  for (;;) {
    const begins = ['4', '51', '55', '2221', '34', '37', '6011', '36'];
    const value = `${pick(draw, begins)}${digits(draw, 18)}`;
    const length = /^3[47]/.test(value) ? 15 : /^36/.test(value) ? 14 : 16;
    const cut = value.slice(0, length);
    if (!isCard(cut)) continue;
    const form = { 14: '4 6 4', 15: '4 6 5', 16: '4 4 4 4' }[length] ?? '';
    return written(cut, pick(draw, [String(length), form, form.replaceAll(' ', '-')]));
  }
}

function iban(draw: Draw): string {
  const [country = '', length = 0] = pick(draw, [
    ['DE', 22],
    ['NL', 18],
    ['FR', 27],
    ['ES', 24],
    ['PL', 28],
    ['SE', 24],
    ['CH', 21],
  ] as const);
  const body = country === 'NL' ? `ABNA${digits(draw, 10)}` : digits(draw, length - 4);
  const check = two(98 - mod97(`${body}${country}00`));
  const whole = `${country}${check}${body}`;
  return draw() < 0.5 ? whole : (whole.match(/.{1,4}/g) ?? []).join(' ');
}

function birth(draw: Draw): string {
  const { y, m, d } = day(draw);
  return pick(draw, [`${y}-${m}-${d}`, `${d}/${m}/${y}`, `${d}.${m}.${y}`, `${m}/${d}/${y}`]);
}

function phone(draw: Draw): string {
  const n = (length: number): string => digits(draw, length);
  const nz = (): string => String(2 + Math.floor(draw() * 7));
  return pick(draw, [
    () => `+49 17${n(1)} ${n(7)}`,
    () => `+44 7${n(3)} ${n(6)}`,
    () => `(${nz()}0${n(1)}) ${nz()}${n(2)}-${n(4)}`,
    () => `+1-${nz()}0${n(1)}-${nz()}${n(2)}-${n(4)}`,
    () => `06 ${n(2)} ${n(2)} ${n(2)} ${n(2)}`,
    () => `06${n(8)}`,
    () => `6${n(2)} ${n(3)} ${n(3)}`,
    () => `347 ${n(7)}`,
    () => `030-${n(7)}`,
    () => `070-${n(3)} ${n(2)} ${n(2)}`,
    () => `040 ${n(7)}`,
    () => `090-${n(4)}-${n(4)}`,
    () => `010-${n(4)}-${n(4)}`,
    () => `98${n(8)}`,
    () => `(11) 9${n(4)}-${n(4)}`,
  ])();
}

/** Sentences with slots, by half. Names and words are ours. */
const CHAT: Readonly<Record<Generated['half'], readonly string[]>> = {
  tune: [
    'Hi, this is Dana, my social security number is {us-ssn} and I was born on {dob}.',
    'For the claim: SSN {us-ssn}, Medicare {us-mbi}.',
    'Please text me at {phone} or write to {mail}.',
    'The provider, NPI {us-npi}, faxed the form from {phone}.',
    'My NHS number is {uk-nhs}; NI number {uk-nino}.',
    'I paid with {card} yesterday.',
    'Wire it to {iban} today.',
    'Our TFN is {au-tfn}, thanks.',
    'SIN: {ca-sin}, call me on {phone}.',
    'Meine Steuer-ID lautet {de-tax-id}, geboren bin ich am {dob}.',
    'Sie erreichen mich unter {phone}, Sozialversicherungsnummer {de-social-security}.',
    'Bitte von {iban} abbuchen, Rückfragen an {mail}.',
    'Mon numéro de sécu : {fr-nir}, joignable au {phone}.',
    'Né le {dob}, je paie par carte {card}.',
    'Mi DNI es {es-nif} y mi móvil {phone}.',
    'NIE {es-nie}, nacida el {dob}.',
    'Il mio codice fiscale è {it-fiscal-code}, chiamami al {phone}.',
    'Nata il {dob}, IBAN {iban}.',
    'Contribuinte {pt-nif}, telemóvel {phone}.',
    'CPF {br-cpf}, nascida em {dob}.',
    'Burgerservicenummer {nl-bsn}, geboren op {dob}, mobiel {phone}.',
    'PESEL {pl-pesel}, proszę dzwonić: {phone}.',
    'Urodzony {dob}, karta {card}.',
    'Personnumret är {se-personnummer}, mobil {phone}.',
    'Hetu {fi-personal-identity-code}, soita {phone}.',
    '生年月日は{dob}、電話番号は{phone}です。',
    '個人番号：{jp-my-number}',
    '주민번호 {kr-rrn}, 연락처 {phone}',
    'मेरा आधार नंबर {in-aadhaar} है और मोबाइल {phone}',
    'PAN {in-pan}, Aadhaar no. {in-aadhaar}',
  ],
  measure: [
    'You will need my SSN for the background check: {us-ssn}.',
    'Patient is on Medicare, MBI {us-mbi}, date of birth {dob}.',
    'Can you reach him at {phone}? His e-mail is {mail}.',
    'Dr. Lee (NPI {us-npi}) signed it.',
    'National Insurance {uk-nino}, NHS no {uk-nhs}.',
    'Charge my Visa {card} please.',
    'Transfer from account {iban} was declined.',
    'Tax file number {au-tfn} was entered twice.',
    'Her social insurance number ({ca-sin}) is wrong.',
    'Identifikationsnummer {de-tax-id} beim Finanzamt; Telefon {phone}.',
    'Versicherte mit Rentenversicherungsnummer {de-social-security}, geb. {dob}.',
    'Abbuchung von Kreditkarte {card} bitte stornieren.',
    'N° de sécurité sociale {fr-nir}, née le {dob}.',
    'Appelez-moi au {phone} ou écrivez à {mail}.',
    'Con documento {es-nif}, fecha de nacimiento {dob}.',
    'Llámame al {phone}; mi NIE: {es-nie}.',
    'C.F. {it-fiscal-code}, telefono {phone}, data di nascita {dob}.',
    'Addebito sulla carta {card}.',
    'NIF {pt-nif}, data de nascimento {dob}.',
    'Meu telefone é {phone} e o CPF {br-cpf}.',
    'Met BSN {nl-bsn} en telefoonnummer {phone}.',
    'Mam numer PESEL {pl-pesel} i telefon {phone}.',
    'Mitt kortnummer är {card}, född {dob}.',
    'Ring mig på {phone}, personnr {se-personnummer}.',
    'Syntymäaika {dob}, puhelin {phone}, henkilötunnukseni on {fi-personal-identity-code}.',
    '携帯は{phone}、カード番号は{card}。',
    'マイナンバー（{jp-my-number}）を登録してください。',
    '제 전화번호는 {phone}, 생년월일은 {dob}입니다.',
    '카드번호 {card}로 결제했어요.',
    'जन्म तिथि {dob}, फोन {phone}, आधार {in-aadhaar}',
  ],
};

const PAYLOADS: Readonly<Record<Generated['half'], readonly string[]>> = {
  tune: [
    '{"user":{"ssn":"{us-ssn}","phone":"{phone}","email":"{mail}"}}',
    'name;birth_date;iban\nJo;{dob};{iban}\n',
    '| Name | Mobile | BSN |\n|---|---|---|\n| Jo | {phone} | {nl-bsn} |',
    "UPDATE people SET pesel='{pl-pesel}', mail='{mail}' WHERE id=7",
    'ts=2026-01-02T03:04:05Z user=jo ip={ip} email={mail}',
    '<person><dob>{dob}</dob><tel>{phone}</tel></person>',
    '{"args":{"card_number":"{card}","cvc":"123"}}',
    'PID|1||{uk-nhs}^^^NHS||Doe^Jo||{dob}',
  ],
  measure: [
    '{"customer":{"taxId":"{de-tax-id}","mobile":"{phone}","dateOfBirth":"{dob}"}}',
    'id,full_name,national_id,phone_number\n12,Jo Doe,{nl-bsn},{phone}\n',
    '| Kunde | Telefon | IBAN |\n| --- | --- | --- |\n| Jo | {phone} | {iban} |',
    "INSERT INTO patients (id, name, dob, nhs_number) VALUES (3, 'Jo', '{dob}', '{uk-nhs}');",
    'level=info msg="login" client_ip={ip} user_email={mail}',
    '<contact phone="{phone}" email="{mail}" birthDate="{dob}"/>',
    '{"name":"charge","arguments":"{\\"card\\":\\"{card}\\",\\"email\\":\\"{mail}\\"}"}',
    'ssn: {us-ssn}\nphone: {phone}\ncard: {card}\n',
  ],
};

/** `#` is a digit, `h` a hexadecimal one, `?` a capital. */
const NEGATIVES: Readonly<Record<Generated['half'], readonly string[]>> = {
  tune: [
    'Order number ########## was placed on 2025-03-0#.',
    'commit hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh fixes #####',
    '{"id":#########,"price":#.##,"qty":##,"sku":"??-#####-##"}',
    'SKU ####-####-####, EAN #############',
    'GET /api/v2/items/######### HTTP/1.1 200 ####',
    'trace hhhhhhhh-hhhh-4hhh-ahhh-hhhhhhhhhhhh span hhhhhhhhhhhhhhhh',
    'v#.##.# built in ###.## s, ##,### tests',
    'INFO 2026-03-1# 12:3#:4#.### worker ## done in ####ms, ########## bytes',
    'x = [#.####, -#.####, ##.###]; y = ########## / ####',
    'ISBN 978-#-##-######-#',
    'matrix: 1 0 0 1 0 1 1 0 0 1 0 1 0 1 1 0',
    'Population 2020: ##,###,###; area ###,### km2',
    'Rechnungsnummer ########, Kundennummer ######',
    '注文番号 ####-####-####、数量 ##',
    'ticket INC######## closed, build #### of branch release/#.##',
    '{"max_tokens":4096,"seed":#########,"tool_call_id":"call_hhhhhhhhhhhhhhhhhhhhhhhh"}',
  ],
  measure: [
    'Invoice no. ######### dated 1#.0#.2025, total #,###.## EUR',
    'sha256:hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh size=#########',
    '{"created":17########,"id":"chatcmpl-hhhhhhhhhhhhhhhhhhhh","usage":{"total_tokens":####}}',
    'Part no. ???-####-### in batch ########',
    'https://example.org/articles/##########?page=#&ref=hhhhhhhh',
    'request_id=hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh took ########## ns on shard ##',
    'firmware #.##.####.## released 2024-0#-1#',
    'WARN gc pause ###.## ms heap ######### of ########## bytes',
    'for (let i = 0; i < ##########; i += ####) sum += a[i];',
    'Artikelnummer ######## lieferbar, Los ####-####',
    'temperature 1#.# C, pressure 10##.# hPa, humidity ##%',
    'facture n° ######## du 1#/0#/2025',
    '商品番号 ########、税込 #,### 円',
    'EPSG:####; bbox ##.######, #.######, ##.######, #.######',
    'Flight LH### departs 1#:4#, gate ?##, seat ##?',
    '{"order_id":"##########","tracking":"1Z999AA1##########","items":[{"product_id":########}]}',
  ],
};

export function generated(seed: number, rounds: number): readonly Generated[] {
  const draw = chance(seed);
  const all: Generated[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const half of ['tune', 'measure'] as const) {
      for (const text of CHAT[half]) all.push(filled(text, half, 'chat', draw));
      for (const text of PAYLOADS[half]) all.push(filled(text, half, 'payload', draw));
      for (const text of NEGATIVES[half]) all.push({ ...drawn(text, draw), half });
    }
  }
  return all;
}

function filled(
  form: string,
  half: Generated['half'],
  kind: 'chat' | 'payload',
  draw: Draw,
): Generated {
  const spans: [number, number][] = [];
  let text = '';
  for (const piece of form.split(/(\{[a-z-]+\})/)) {
    const slot = /^\{([a-z-]+)\}$/.exec(piece)?.[1];
    const value = slot === undefined ? piece : sampleOf(slot, draw);
    if (slot !== undefined) spans.push([text.length, text.length + value.length]);
    text += value;
  }
  return { half, kind, text, spans };
}

function drawn(form: string, draw: Draw): Omit<Generated, 'half'> {
  const text = form.replace(/#|h(?=h)|(?<=h)h|\?(?=\?|-|#)/g, (mark) =>
    mark === '#'
      ? digits(draw, 1)
      : mark === '?'
        ? pick(draw, [...LETTERS])
        : pick(draw, [...'0123456789abcdef']),
  );
  return { kind: 'negative', text, spans: [] };
}
