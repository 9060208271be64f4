// Long expressions that say what something looks like. All are anchored, and none repeats inside a
// repetition: they take time in proportion to what they read.

/** Keys that say nothing of the value: `v1`, `c3`, `value`. */
export const EMPTY_KEY: RegExp =
  /^(?:[a-z]{1,2}\d{0,3}|value|val|field\d*|data|text|content|result|column\d*|col\d*|key|nid|input|output|answer|reply|message|note|notes|contact|info|details)$/i;

const MONTHS =
  'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|janv|févr|avr|juin|juil|août|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|fev|out|dez|mrt|maa|mei|maj|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru|tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu|जनवरी|फ़रवरी|फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|सितम्बर|अक्टूबर|नवंबर|नवम्बर|दिसंबर|दिसम्बर';
/** `2 May 1984`, `2. Mai 1984`, `2 de mayo de 1984`: day and year. */
export const NAMED_DATE: RegExp = new RegExp(
  `(\\d{1,2})(?:st|nd|rd|th|er|º)?[. -]{1,2}(?:de |of )?(?:${MONTHS})[a-zäéçûźü]{0,8}\\.?[ ,-]{1,2}(?:de )?(\\d{4})(?!\\d)`,
  'iy',
);

/** A month at the end, and a blank: `March `, `Feb. `. */
export const MONTH_BEFORE: RegExp =
  /(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? $/i;

/** First digits and lengths that the schemes have published. */
export const CARD_SCHEMES: RegExp =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-59]|[689]\d)\d{11}(?:\d{2})?|35(?:2[89]|[3-8]\d)\d{12}|(?:2131|1800)\d{11}|6(?:011|22\d|4[4-9]\d|5\d\d)\d{12}(?:\d{3})?|62\d{14,17}|60\d{14}|81\d{14})$/;

/** Length of an IBAN by country, from the public IBAN registry. */
export const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
    .split(' ')
    .map((one) => [one.slice(0, 2), Number(one.slice(2))] as const),
);

/** Nobody's addresses: loopback, multicast, masks, documentation (RFC 5737, 3849), resolvers, metadata of clouds. */
export const NOBODYS_IPV4: RegExp =
  /^(0\.|127\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|2(?:2[4-9]|3\d)\.0\.0\.|255\.255\.|1\.1\.1\.1$|8\.8\.[48]\.[48]$|169\.254\.169\.254$)/;
export const NOBODYS_IPV6: RegExp =
  /^(?:::1?$|2001:0?db8:|fd00:ec2::254$|::ffff:(?:127\.|0\.|255\.))/i;
/** Addresses that only one network knows (RFC 1918, 3927, 4193, 4291). */
export const INNER_IPV4: RegExp = /^(10\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;
export const INNER_IPV6: RegExp =
  /^(?:fe[89ab]|f[cd][0-9a-f]{2}:.*::|f[cd][0-9a-f]{2}::|::(?:ffff:)?(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.))/i;

/** Country codes (ITU-T E.164). */
export const COUNTRY_CODE: RegExp =
  /^(?:1|7|2(?:0|7|[1-689]\d)|3(?:[0-469]|[578]\d)|4(?:[013-9]|2\d)|5(?:[1-8]|[09]\d)|6(?:[0-6]|[789]\d)|8(?:[1246]|[05789]\d)|9(?:[0-58]|[679]\d))/;

/** How names end that are about a credential: `key_length`, `token_file`. */
export const ABOUT: RegExp =
  /(?:file|length|len|chars|version|url|uri|path|name|type|count|size|index|limit|expir\w*|vault\w*|algorithm|format|header|pattern|regex|class|handler|provider|source|store|namespace|code|budget|usage|field|column|policy|hint|label|error|exception)s?$/i;

/** Words after which a short, plain value is a credential too. */
export const PASSWORDS: RegExp =
  /pass|^pw|secret|credential|kennwort|contrase|clave|wachtwoord|hasl|losenord|salasana|senha|パスワード|비밀번호|पासवर्ड/;

/** Values that stand for a value. */
export const PLACEHOLDER: RegExp =
  /x{4}|X{4}|A-Za-z|a-z0-9|\*{3}|\.{3}|EXAMPLE|example|your[-_ ]|YOUR[-_ ]|placeholder|redacted|REDACTED|change[-_]?me|CHANGE[-_]?ME|\$\{|\{\{|<[a-z]|process\.env|getenv|environ|undefined|^null$|^none$|^true$|^false$/;

export const isPlaceholder = (value: string): boolean => PLACEHOLDER.test(value);

/** What documents write where a password belongs: a word for it, a variable, a name in capitals. */
export const STANDS_FOR: RegExp =
  /^(?:[<[{%$*]|pass(?:word|wd|wort|phrase)?$|my[-_]?pass|pwd?$|hidden$|token$|api[-_]?key$|key$|guest$|test$|bar$|foo$|[A-Z]+(?:_[A-Z]+)*$|[a-z]+[-_](?:pass(?:word)?|token|key|secret)$)/;

/** Words for a password that people write in sentences. */
export const SPOKEN: RegExp =
  /^(?:pass(?:word|wd|phrase|code|wort)|pwd?|kennwort|mot de passe|contrase|clave|wachtwoord|hasl|losenord|salasana|senha|palavra|パスワード|비밀번호|पासवर्ड)/;

/** What a sentence puts between a word and what it is: `is`, `lautet`, `est`, `は`. */
export const SAYS: RegExp =
  /(?:^|[\s(])(?:is|was|ist|lautet|war|heißt|est|es|era|son|è|é|foi|jest|brzmi|är|oli)(?: now| still| jetzt| maintenant| ahora)?\s?:?\s|[:：]\s?|[はが]\s?|[은는이가]\s|है\s?|\s(?:है)\s/;

/** Names of methods, encodings and products, and amounts. */
export const TECHNICAL: RegExp =
  /^(?:sha|md|aes|rsa|hmac|base|utf|iso|rfc|x|oauth|pbkdf|argon|b?crypt|python|node|http|ipv|windows|office|regex|level|v)-?\d|^\d+[a-z]+$|\d(?:days?|hours?|chars?|bit)/i;

/** Ends of names of files that look like domains: `icon@2x.png`. */
export const FILES: RegExp =
  /^(?:png|jpe?g|gif|svg|webp|ico|bmp|tgz|gz|css|html?|[mc]?js|tsx?|jsx|json|ya?ml|xml|txt|log|pdf|local)$/i;

/** Where anybody has a mailbox, whatever its name. */
export const PRIVATE_HOST: RegExp =
  /^(?:g(?:oogle)?mail|yahoo|ymail|hotmail|outlook|live|msn|icloud|me|aol|gmx|web|t-online|proton(?:mail)?|libero|orange|wanadoo|sapo|qq|163|naver|mail|fastmail)\.[a-z.]{2,6}$/i;
/** Hosts that stand for one. */
export const NOBODYS_HOST: RegExp =
  /^(?:[a-z0-9-]+\.)*(?:(?:example|domain|(?:your|my|the)?-?(?:domain|company|site|host|mail)|company|organi[sz]ation|host|hostname|test|foo|bar)\.[a-z]{2,4}|[a-z-]+\.(?:test|example|invalid|localhost))$/i;

/** ` dot ` is a word: only where an address stands before it and a domain ends behind. */
export const GOES_ON: RegExp =
  / at (?!the |an? |this |that )[\w-]{2,40}(?: dot [\w-]{2,40})? dot (?:com|org|net|edu|gov|info|example|[a-z]{2})(?![\w-])|([_-])at\1[a-z0-9]{2,40}(?:\1dot\1[a-z0-9]{2,40}){0,2}\1dot\1(?:com|org|net|edu|gov|info|example|[a-z]{2})(?![a-z0-9])/i;
