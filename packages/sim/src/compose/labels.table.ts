// What words speak for which label. The first word of a row is the label's own name.
export const labelRows: readonly (readonly [label: string, ...signs: string[]])[] = [
  ['refund', 'refund', 'reimburse', 'reimbursement', 'moneyback', 'chargeback', 'repay'],
  ['billing', 'invoice', 'bill', 'charge', 'charged', 'payment', 'paid', 'card', 'receipt', 'vat'],
  [
    'shipping',
    'deliver',
    'delivery',
    'parcel',
    'package',
    'tracking',
    'shipment',
    'courier',
    'late',
  ],
  ['technical', 'error', 'crash', 'bug', 'broken', 'install', 'slow', 'timeout', 'fails', 'freeze'],
  ['cancellation', 'cancel', 'unsubscribe', 'terminate', 'quit'],
  ['account', 'password', 'account', 'profile', 'login', 'username', 'locked'],
  ['sales', 'price', 'pricing', 'buy', 'quote', 'discount', 'demo', 'purchase', 'trial'],
  ['complaint', 'angry', 'terrible', 'unacceptable', 'disappointed', 'worst', 'rude', 'awful'],
  ['praise', 'thanks', 'thank', 'great', 'love', 'awesome', 'excellent', 'wonderful'],
  ['security', 'phishing', 'hacked', 'breach', 'vulnerability', 'malware', 'stolen', 'leak'],
  ['legal', 'contract', 'lawyer', 'gdpr', 'lawsuit', 'clause', 'liability', 'court'],
  ['spam', 'winner', 'prize', 'click', 'lottery', 'viagra', 'bitcoin', 'congratulations'],
  ['question', 'how', 'what', 'when', 'where', 'why', 'which'],
  ['positive', 'good', 'great', 'love', 'happy', 'excellent', 'awesome', 'thanks', 'nice', 'best'],
  [
    'negative',
    'bad',
    'terrible',
    'hate',
    'angry',
    'awful',
    'worst',
    'broken',
    'disappointed',
    'sad',
  ],
  ['high', 'urgent', 'immediately', 'asap', 'outage', 'down', 'critical', 'emergency'],
  ['urgent', 'urgent', 'immediately', 'asap', 'outage', 'down', 'critical', 'emergency'],
  ['low', 'whenever', 'someday', 'minor', 'cosmetic', 'typo'],
];

/** The labels to choose from when the prompt names none; the first is what nothing speaks for. */
export const usualLabels: readonly string[] = [
  'other',
  'refund',
  'billing',
  'shipping',
  'technical',
  'cancellation',
  'account',
  'sales',
  'complaint',
  'praise',
  'security',
  'legal',
];

export const sentiments: readonly string[] = ['neutral', 'positive', 'negative'];
export const priorities: readonly string[] = ['normal', 'high', 'low'];
