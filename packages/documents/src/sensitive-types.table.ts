/**
 * Words for sensitive data. Every type has one kind; types are what the scanner calls its findings,
 * and what callers and consents may say instead.
 */
import type { SensitiveKind } from './tenant.ts';

export const SENSITIVE_TYPES: Readonly<Record<SensitiveKind, readonly string[]>> = {
  health: [
    ...['health', 'phi', 'diagnosis', 'medical-record', 'medication', 'medical-code'],
    ...['medical-license', 'insurance-number', 'us-npi', 'us-mbi', 'uk-nhs', 'au-medicare'],
    ...['de-health-insurance', 'de-lanr', 'de-bsnr'],
  ],
  financial: [
    ...['financial', 'credit-card', 'card-number', 'iban', 'iban-code', 'bank-account', 'crypto'],
    ...['routing-number', 'aba-routing-number', 'us-bank-number', 'uk-sort-code'],
  ],
  'government-id': [
    ...['government-id', 'ssn', 'passport', 'national-id', 'tax-id', 'driving-licence'],
    ...['driver-license', 'us-ssn', 'us-itin', 'us-passport', 'us-driver-license', 'uk-nino'],
    ...['uk-passport', 'uk-driving-licence', 'de-tax-id', 'de-tax-number', 'de-social-security'],
    ...['de-id-card', 'de-passport', 'de-vat-id', 'de-fuehrerschein', 'fr-nir', 'es-nif', 'es-nie'],
    ...['es-passport', 'it-fiscal-code', 'it-driver-license', 'it-identity-card', 'it-passport'],
    ...['it-vat-code', 'pt-nif', 'nl-bsn', 'be-national-number', 'ch-ahv', 'pl-pesel'],
    ...['pl-identity-card', 'no-fodselsnummer'],
    ...['fi-personal-identity-code', 'se-personnummer', 'se-organisationsnummer', 'br-cpf'],
    ...['br-cnpj', 'ca-sin', 'mx-curp', 'cl-rut', 'in-aadhaar', 'in-pan', 'in-gstin'],
    ...['in-passport', 'in-voter', 'jp-my-number', 'kr-rrn', 'kr-frn', 'kr-brn', 'kr-passport'],
    ...['kr-driver-license', 'cn-resident-id', 'th-tnin', 'tr-national-id', 'sg-nric-fin'],
    ...['sg-uen', 'ph-tin', 'il-id', 'za-id-number', 'ng-nin', 'au-tfn', 'au-abn', 'au-acn'],
  ],
  secret: ['secret', 'api-key', 'password', 'private-key', 'token', 'credential'],
  email: ['email', 'e-mail', 'email-address'],
  phone: ['phone', 'telephone', 'phone-number'],
  name: ['name', 'person'],
  address: ['address', 'postal-address'],
  'date-of-birth': ['date-of-birth', 'birth-date', 'dob'],
  ip: ['ip', 'ip-address', 'mac-address'],
};

/** What a label may have for a ground beside data, and a consent may name. */
const OTHER_GROUNDS: readonly string[] = [
  ...['default', 'declared', 'unscanned', 'held-upstream', 'held-session'],
];

/** All that a consent may name, but for what a tenant adds. */
export const SENSITIVE_WORDS: ReadonlySet<string> = new Set([
  ...Object.keys(SENSITIVE_TYPES),
  ...Object.values(SENSITIVE_TYPES).flat(),
  ...OTHER_GROUNDS,
]);
