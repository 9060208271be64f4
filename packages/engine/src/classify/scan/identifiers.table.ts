// The registry of identifier types: kind, jurisdiction, shape, check, and how much evidence each
// needs beside itself. Sources: the public descriptions of the issuing authorities.
//
// `groups` are the ways the digits and letters are written: `3-2-4` is three groups, `9` is one.
// `form` is what the compact text (capitals, no separators) must look like.
// `alone` says when no context is needed: `always`; `grouped`, when written in groups; `never`.
// A type with a check may also stand in company or under a general word for identity; one without
// needs its own word. `words` name the groups of `context.table.ts`.
import * as check from './checks.ts';
import * as nation from './checks-national.ts';
import * as world from './checks-world.ts';

export type Kind =
  | 'health'
  | 'financial'
  | 'government-id'
  | 'secret'
  | 'email'
  | 'phone'
  | 'date-of-birth'
  | 'ip'
  | 'address'
  | 'name';

export type Identifier = {
  readonly type: string;
  readonly kind: Kind;
  /** ISO 3166-1 alpha-2 in lower case, or `any`. */
  readonly place: string;
  readonly groups: readonly string[];
  readonly form: RegExp | undefined;
  readonly valid: ((compact: string) => boolean) | undefined;
  readonly alone: 'always' | 'grouped' | 'never';
  readonly words: readonly string[];
  /** A check with this many wrong values let through in a hundred, at most ten. */
  readonly checked: boolean;
};

type Row = {
  readonly groups: string;
  readonly form?: RegExp;
  readonly valid?: (compact: string) => boolean;
  readonly alone?: Identifier['alone'];
  readonly words: string;
  readonly checked?: boolean;
};

const row = (type: string, kind: Kind, place: string, one: Row): Identifier => ({
  type,
  kind,
  place,
  groups: one.groups.split(' '),
  form: one.form,
  valid: one.valid,
  alone: one.alone ?? 'never',
  words: one.words.split(' '),
  checked: one.checked ?? one.valid !== undefined,
});

const gov = 'government-id';
const notTrivial = (text: string): boolean => !check.isTrivial(text);

export const IDENTIFIERS: readonly Identifier[] = [
  // United States
  row('us-ssn', gov, 'us', {
    groups: '3-2-4 9',
    form: /^\d+$/,
    valid: nation.usSsn,
    alone: 'grouped',
    words: 'ssn',
    checked: false,
  }),
  row('us-itin', gov, 'us', {
    groups: '3-2-4 9 3-6 5-4',
    form: /^9\d+$/,
    valid: nation.usItin,
    alone: 'grouped',
    words: 'itin tax',
    checked: false,
  }),
  row('us-npi', 'health', 'us', {
    groups: '10 4-3-3',
    form: /^[12]\d+$/,
    valid: nation.usNpi,
    words: 'npi',
  }),
  row('us-mbi', 'health', 'us', {
    groups: '11 4-3-4',
    form: /^[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d[AC-HJKMNP-RT-Y]{2}\d\d$/,
    alone: 'always',
    words: 'medicare insurance',
  }),
  row('us-passport', gov, 'us', { groups: '9', form: /^[A-Z0-9]\d{8}$/, words: 'passport' }),
  row('us-driver-license', gov, 'us', {
    groups: '5 6 7 8 9 10 11 12 13 14 3-3-3 4-4-4 1-3-3-3',
    form: /^[A-Z0-9]{0,3}\d{5,13}$/,
    words: 'licence',
  }),
  row('aba-routing-number', 'financial', 'us', {
    groups: '9 4-4-1',
    form: /^\d+$/,
    valid: nation.abaRouting,
    words: 'routing bank',
  }),
  row('us-bank-number', 'financial', 'us', {
    groups: '8 9 10 11 12 13 14 15 16 17',
    form: /^\d+$/,
    valid: notTrivial,
    words: 'bank',
    checked: false,
  }),
  row('medical-license', 'health', 'us', {
    groups: '9',
    form: /^[ABCDEFGHJKLMPRSTUX][A-Z9]?\d{7}$/,
    valid: nation.usDea,
    alone: 'always',
    words: 'dea npi',
  }),
  // United Kingdom
  row('uk-nhs', 'health', 'gb', {
    groups: '3-3-4 10',
    form: /^\d+$/,
    valid: nation.ukNhs,
    words: 'nhs',
  }),
  row('uk-nino', gov, 'gb', {
    groups: '9 2-2-2-2-1 2-6-1 8-1 2-7',
    form: /^[A-Z]{2}\d{6}[A-D]$/,
    valid: nation.ukNino,
    alone: 'always',
    words: 'nino tax',
    checked: false,
  }),
  row('uk-passport', gov, 'gb', {
    groups: '9',
    form: /^([A-Z]{2}\d{7}|\d{9})$/,
    words: 'passport',
  }),
  row('uk-driving-licence', gov, 'gb', {
    groups: '16 5-6-5',
    form: /^[A-Z][A-Z9]{4}\d[0156]\d{4}[A-Z9]{2}[A-Z0-9]{3}$/,
    alone: 'always',
    words: 'licence',
  }),
  row('uk-sort-code', 'financial', 'gb', { groups: '2-2-2', form: /^\d+$/, words: 'sortcode' }),
  // Germany
  row('de-tax-id', gov, 'de', {
    groups: '11 2-3-3-3',
    form: /^\d+$/,
    valid: nation.deTaxId,
    alone: 'always',
    words: 'tax',
  }),
  // Where a word says what it is, the check digit is enough.
  row('de-tax-id', gov, 'de', {
    groups: '11 2-3-3-3',
    form: /^[1-9]\d+$/,
    valid: check.mod11And10,
    words: 'tax',
    checked: false,
  }),
  row('de-social-security', gov, 'de', {
    groups: '12 2-6-1-3 8-1-3 2-6-4',
    form: /^\d{8}[A-Z]\d{3}$/,
    valid: nation.deSocialSecurity,
    alone: 'always',
    words: 'ssn insurance',
  }),
  row('de-health-insurance', 'health', 'de', {
    groups: '10',
    form: /^[A-Z]\d{9}$/,
    valid: nation.deHealthInsurance,
    words: 'insurance mrn',
  }),
  row('de-id-card', gov, 'de', {
    groups: '9',
    form: /^([CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{7}\d|T\d{8})$/,
    valid: (text) => check.icao(text, 8) || /^T\d{8}$/.test(text),
    words: 'nid',
  }),
  row('de-passport', gov, 'de', {
    groups: '9',
    form: /^[CFGHJK-NPRTVWXYZ][CFGHJK-NPRTVWXYZ0-9]{7}\d$/,
    valid: (text) => check.icao(text, 8),
    words: 'passport',
  }),
  // As they are printed: the check digit stands apart from them.
  row('de-id-card', gov, 'de', {
    groups: '9 10',
    form: /^(?=(?:.*\d){3})[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d?$/,
    words: 'nid passport',
  }),
  row('de-vat-id', gov, 'de', {
    groups: '11 2-9 2-3-3-3',
    form: /^DE\d{9}$/,
    valid: nation.deVatId,
    alone: 'always',
    words: 'vat tax',
  }),
  row('de-tax-number', gov, 'de', {
    groups: '13 2-3-4 2-3-5 3-3-4 3-3-5 2-4-4 3-4-4',
    form: /^\d+$/,
    words: 'tax',
  }),
  row('de-fuehrerschein', gov, 'de', {
    groups: '11',
    form: /^[A-Z]{2}\d{8}[A-Z0-9]$/,
    words: 'licence',
  }),
  row('de-lanr', 'health', 'de', {
    groups: '9',
    form: /^\d+$/,
    valid: nation.deDoctor,
    words: 'doctor',
  }),
  row('de-bsnr', 'health', 'de', {
    groups: '9',
    form: /^(0[1-9]|[1-9]\d)\d{7}$/,
    valid: notTrivial,
    words: 'doctor',
    checked: false,
  }),
  // France, Spain, Italy, Portugal
  row('fr-nir', gov, 'fr', {
    groups: '15 13-2 1-2-2-2-3-3-2 1-2-2-2-3-3-2 1-2-2-5-3-2 1-2-2-2-6-2',
    form: /^[1-478]\d{4}[\dAB]{2}\d{8}$|^[1-478]\d{5}[AB]\d{8}$/,
    valid: nation.frNir,
    alone: 'always',
    words: 'ssn insurance',
  }),
  row('es-nif', gov, 'es', {
    groups: '9 8-1 8 7-1 2-3-3-1 2-3-4',
    form: /^\d{7,8}[A-Z]$/,
    valid: nation.esNif,
    alone: 'always',
    words: 'nid tax',
  }),
  row('es-nie', gov, 'es', {
    groups: '9 8-1 1-7-1 1-8',
    form: /^[XYZ]\d{7}[A-Z]$/,
    valid: nation.esNie,
    alone: 'always',
    words: 'nid tax',
  }),
  row('es-passport', gov, 'es', { groups: '9', form: /^[A-Z]{3}\d{6}$/, words: 'passport' }),
  row('it-fiscal-code', gov, 'it', {
    groups: '16 6-5-5 3-3-5-5 6-2-3-5',
    form: /^[A-Z]{6}[\dLMNP-V]{2}[ABCDEHLMPRST][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]$/,
    valid: nation.itFiscalCode,
    alone: 'always',
    words: 'tax nid',
  }),
  row('it-driver-license', gov, 'it', {
    groups: '10',
    form: /^([A-Z]{2}\d{7}[A-Z]|U1[BCDFGHJ-NPR-Z0-9]{7}[A-Z])$/,
    words: 'licence permit',
  }),
  row('it-identity-card', gov, 'it', {
    groups: '9',
    form: /^([A-Z]{2}\d{7}|\d{7}[A-Z]{2}|[A-Z]{2}\d{5}[A-Z]{2})$/,
    words: 'nid',
  }),
  row('it-passport', gov, 'it', { groups: '9', form: /^[A-Z]{2}\d{7}$/, words: 'passport' }),
  row('it-vat-code', gov, 'it', {
    groups: '11',
    form: /^\d+$/,
    valid: (text) => check.luhn(text) && Number(text) > 0,
    words: 'vat',
  }),
  row('pt-nif', gov, 'pt', {
    groups: '9 3-3-3',
    form: /^\d+$/,
    valid: nation.ptNif,
    words: 'tax nid',
  }),
  // Netherlands, Belgium, Switzerland, Poland, the North
  row('nl-bsn', gov, 'nl', {
    groups: '9 4-2-3 3-3-3',
    form: /^\d+$/,
    valid: nation.nlBsn,
    words: 'ssn nid',
  }),
  row('be-national-number', gov, 'be', {
    groups: '11 2-2-2-3-2 6-3-2',
    form: /^\d+$/,
    valid: world.beNational,
    alone: 'always',
    words: 'nid',
  }),
  row('ch-ahv', gov, 'ch', {
    groups: '13 3-4-4-2',
    form: /^756\d+$/,
    valid: world.chAhv,
    alone: 'always',
    words: 'ssn insurance',
  }),
  row('pl-pesel', gov, 'pl', {
    groups: '11',
    form: /^\d+$/,
    valid: nation.plPesel,
    alone: 'always',
    words: 'nid ssn',
  }),
  row('fi-personal-identity-code', gov, 'fi', {
    groups: '11 6-4',
    form: /^\d{6}[A-FU-Y+-]\d{3}[0-9A-Y]$/,
    valid: nation.fiHetu,
    alone: 'always',
    words: 'nid',
  }),
  row('se-personnummer', gov, 'se', {
    groups: '10 12 6-4 8-4',
    form: /^\d+$/,
    valid: nation.sePersonnummer,
    alone: 'grouped',
    words: 'nid',
  }),
  row('se-organisationsnummer', gov, 'se', {
    groups: '10 6-4',
    form: /^\d+$/,
    valid: nation.seOrganisation,
    words: 'company',
  }),
  row('pl-identity-card', gov, 'pl', {
    groups: '9 3-6',
    form: /^[A-Z]{3}\d{6}$/,
    valid: nation.plIdentityCard,
    words: 'nid',
  }),
  row('no-fodselsnummer', gov, 'no', {
    groups: '11 6-5',
    form: /^\d+$/,
    valid: nation.noFodselsnummer,
    words: 'nid',
  }),
  // The Americas
  row('br-cpf', gov, 'br', {
    groups: '11 3-3-3-2 9-2',
    form: /^\d+$/,
    valid: world.brCpf,
    alone: 'always',
    words: 'tax nid',
  }),
  row('br-cnpj', gov, 'br', {
    groups: '14 2-3-3-4-2',
    form: /^\d+$/,
    valid: world.brCnpj,
    alone: 'grouped',
    words: 'company tax',
  }),
  row('ca-sin', gov, 'ca', {
    groups: '9 3-3-3',
    form: /^\d+$/,
    valid: world.caSin,
    words: 'sin ssn',
  }),
  // Numbers with a zero in front are given to nobody, and stand for a person in documents.
  row('ca-sin', gov, 'ca', {
    groups: '9 3-3-3',
    form: /^0\d+$/,
    valid: check.luhn,
    words: 'sin',
    checked: false,
  }),
  row('mx-curp', gov, 'mx', {
    groups: '18',
    form: /^[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d$/,
    valid: world.mxCurp,
    alone: 'always',
    words: 'nid tax',
  }),
  row('cl-rut', gov, 'cl', {
    groups: '9 8-1 2-3-3-1 7-1 1-3-3-1 8',
    form: /^\d{7,8}[\dK]$/,
    valid: world.clRut,
    words: 'rut nid',
  }),
  // Asia, Africa, Oceania
  row('in-aadhaar', gov, 'in', {
    groups: '12 4-4-4',
    form: /^\d+$/,
    valid: world.inAadhaar,
    words: 'aadhaar nid',
  }),
  row('in-pan', gov, 'in', {
    groups: '10',
    form: /^[A-Z]{3}[ABCFGHLJPTKN][A-Z]\d{4}[A-Z]$/,
    alone: 'always',
    words: 'tax',
  }),
  row('in-gstin', gov, 'in', {
    groups: '15',
    form: /^\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]$/,
    valid: world.inGstin,
    alone: 'always',
    words: 'vat tax',
  }),
  row('in-passport', gov, 'in', {
    groups: '8',
    form: /^[A-PR-WY][1-9]\d{5}[1-9]$/,
    words: 'passport',
  }),
  row('in-voter', gov, 'in', { groups: '10', form: /^[A-Z]{3}\d{7}$/, words: 'voter' }),
  row('jp-my-number', gov, 'jp', {
    groups: '12 4-4-4',
    form: /^\d+$/,
    valid: world.jpMyNumber,
    words: 'mynumber nid',
  }),
  row('kr-rrn', gov, 'kr', {
    groups: '6-7',
    form: /^\d+$/,
    valid: world.krRrn,
    alone: 'always',
    words: 'nid',
  }),
  row('kr-rrn', gov, 'kr', {
    groups: '6-7 13',
    form: /^\d+$/,
    valid: world.krRrnShape,
    words: 'nid',
  }),
  row('kr-frn', gov, 'kr', {
    groups: '6-7',
    form: /^\d+$/,
    valid: world.krFrn,
    alone: 'always',
    words: 'nid',
  }),
  row('kr-frn', gov, 'kr', {
    groups: '6-7 13',
    valid: world.krFrnShape,
    form: /^\d+$/,
    words: 'nid',
  }),
  row('kr-brn', gov, 'kr', {
    groups: '10 3-2-5',
    form: /^\d+$/,
    valid: world.krBrn,
    alone: 'grouped',
    words: 'company',
  }),
  row('kr-passport', gov, 'kr', {
    groups: '9',
    form: /^[MSRODG](\d{8}|\d{3}[A-Z]\d{4})$/,
    words: 'passport',
  }),
  row('kr-driver-license', gov, 'kr', {
    groups: '12 2-2-6-2',
    form: /^(1[1-9]|2[0-8])\d+$/,
    words: 'licence',
    alone: 'grouped',
  }),
  row('cn-resident-id', gov, 'cn', {
    groups: '18',
    form: /^\d{17}[\dX]$/,
    valid: world.cnResident,
    alone: 'always',
    words: 'nid',
  }),
  row('th-tnin', gov, 'th', {
    groups: '13 1-4-5-2-1',
    form: /^\d+$/,
    valid: world.thNationalId,
    words: 'nid tax',
    alone: 'grouped',
  }),
  row('tr-national-id', gov, 'tr', {
    groups: '11',
    form: /^\d+$/,
    valid: world.trNationalId,
    alone: 'always',
    words: 'nid',
  }),
  row('sg-nric-fin', gov, 'sg', {
    groups: '9',
    form: /^[STFGM]\d{7}[A-Z]$/,
    valid: world.sgNric,
    alone: 'always',
    words: 'nid',
  }),
  row('sg-uen', gov, 'sg', {
    groups: '9 10',
    form: /^(\d{8}[A-Z]|(19|20)\d{7}[A-Z]|[TSR]\d{2}[A-Z]{2}\d{4}[A-Z])$/,
    words: 'company',
  }),
  row('ph-tin', gov, 'ph', {
    groups: '3-3-3-3 3-3-3 9 12 3-3-3-5',
    form: /^\d+$/,
    valid: world.phTin,
    words: 'tax tin',
  }),
  row('il-id', gov, 'il', {
    groups: '9',
    form: /^\d+$/,
    valid: world.ilId,
    words: 'nid',
  }),
  row('za-id-number', gov, 'za', {
    groups: '13 6-4-3',
    form: /^\d+$/,
    valid: world.zaId,
    words: 'nid',
  }),
  row('ng-nin', gov, 'ng', { groups: '11', form: /^\d+$/, valid: world.ngNin, words: 'nid nin' }),
  row('au-tfn', gov, 'au', {
    groups: '9 3-3-3',
    form: /^\d+$/,
    valid: world.auTfn,
    words: 'tax tfn',
  }),
  row('au-medicare', 'health', 'au', {
    groups: '10 4-5-1',
    form: /^\d+$/,
    valid: world.auMedicare,
    words: 'medicare insurance',
  }),
  row('au-abn', gov, 'au', {
    groups: '11 2-3-3-3',
    form: /^\d+$/,
    valid: world.auAbn,
    alone: 'grouped',
    words: 'company',
  }),
  row('au-acn', gov, 'au', {
    groups: '9 3-3-3',
    form: /^\d+$/,
    valid: world.auAcn,
    words: 'company',
  }),
  // Anywhere: what a word in front of it makes of a number
  row('passport', gov, 'any', {
    groups: '7 8 9 10 2-7 1-8 2-3-4',
    form: /^([A-Z]{0,3}\d{5,9}[A-Z]{0,2}|\d{2}[A-Z]{2}\d{5}|(?=(?:.*\d){3})[A-Z]{2}[A-Z0-9]{6}\d)$/,
    words: 'passport',
  }),
  row('driver-license', gov, 'any', {
    groups: '6 7 8 9 10 11 12 13 14 15 16',
    form: /\d/,
    words: 'licence',
  }),
  row('national-id', gov, 'any', {
    groups: '7 8 9 10 11 12 13 14 3-3-3 4-4-4 3-2-4 2-3-3-3',
    form: /^[A-Z]{0,3}\d{6,14}[A-Z]{0,2}$/,
    words: 'nidstrict',
  }),
  row('medical-record', 'health', 'any', {
    groups:
      '5 6 7 8 9 10 11 12 2-8 2-7 2-6 2-5 2-9 3-6 3-7 3-8 1-8 1-7 1-6 1-5 3-3-3 3-3-4 4-4 3-5 3-4',
    form: /^[A-Z]{0,3}\d{5,10}$/,
    words: 'mrn',
  }),
  row('insurance-number', 'health', 'any', {
    groups: '7 8 9 10 11 12 13 3-6 3-7 3-8 3-9 2-8 2-7 1-9 3-3-3 3-2-4',
    form: /^[A-Z]{0,4}\d{6,12}[A-Z]?$/,
    words: 'insurance',
  }),
  // The European card: 80, the country, the number.
  row('insurance-number', 'health', 'any', {
    groups: '20',
    form: /^80\d+$/,
    words: 'insurance',
  }),
  row('bank-account', 'financial', 'any', {
    groups: '6 7 8 9 10 11 12 14 16 4-4 4-4-2 3-3-3 4-4-4',
    form: /^\d+$/,
    valid: notTrivial,
    words: 'bank',
    checked: false,
  }),
];
