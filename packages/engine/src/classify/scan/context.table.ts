// Words that say what the number beside them is, in thirteen languages (English, German, French,
// Spanish, Italian, Portuguese, Dutch, Polish, Swedish, Finnish, Japanese, Korean, Hindi), and a few
// of others whose identifiers we know. Lower case, accents folded; a blank stands for any one of
// blank, dash, underscore, dot or nothing, so that `api key` is `api_key`, `api-key` and `apiKey`.
// A star at the end: the word may go on. A mark: it is a word of a sentence, not a part of a name
// (`tool_call_id`).

export type WordGroup = readonly [name: string, words: string];

/** Groups that speak against an identifier: what stands after them is a number of a thing. */
export const NOT = 'not';

export const CONTEXT: readonly WordGroup[] = [
  [
    NOT,
    'order|orders|order no|order number|invoice|invoice no|sku|product|product no|article|serial|serial number|serial no|tracking|track|shipment|parcel|isbn|issn|ean|gtin|upc|asin|barcode|part number|part no|model|batch|lot|ticket|issue|version|build|release|revision|rev|commit|sha|hash|checksum|digest|uuid|guid|trace|span|epoch|timestamp|created|created at|updated|updated at|amount|quantity|qty|seq|sequence|shard|offset|port|pid|line|row|rows|page|pages|bytes|took|elapsed|duration|latency|revenue|views|population|seed|pixel|score|rechnung*|bestell*|auftrag*|artikel*|sendung*|produkt*|seriennummer|facture|commande|produit|colis|factura|pedido|producto|fattura|ordine|prodotto|fatura|encomenda|produto|factuur|bestelling|pakket|faktura|zamowienie|produkt|order nr|beställning|lasku|tilaus|tuote*|製品番号|製品|注文番号|注文|請求書|型番|追跡番号|商品番号|商品|주문번호|주문|송장|제품번호|제품|상품|ऑर्डर|चालान|उत्पाद',
  ],
  [
    'ssn',
    'ssn|ssns|social security|social sec|social insurance|soc sec|sozialversicherung*|rentenversicherung*|versicherungsnummer|rvnr|svnr|sv nummer|securite sociale|secu|nir|numero de secu|insee|seguridad social|seguro social|nss|previdenza sociale|seguranca social|niss|bsn|burgerservicenummer|sofinummer|ubezpieczeni*|ahv|avs|ahv nummer|numero avs|사회보장*|社会保障番号|सामाजिक सुरक्षा',
  ],
  ['itin', 'itin|individual taxpayer'],
  [
    'tax',
    'tax id|tax identification|tax number|tax no|taxpayer|tax payer|tin|tfn|tax file|taxid|steuer id|steuer idnr|steuer identifikationsnummer|steueridentifikationsnummer|steuernummer|steuer nr|st nr|idnr|id nr|st  nr|numero fiscal|numero fiscal de reference|spi|nif|codice fiscale|cod fiscale|cf|contribuinte|contribuente|cpf|cadastro de pessoas|nip|rfc|curp|pan|pan number|pan card|permanent account|fiscaal nummer|skattenummer|verotunnus|納税者番号|납세자번호|स्थायी खाता|dni|nie|utr',
  ],
  ['sin', 'sin|sin number|nas|numero d assurance sociale|assurance sociale'],
  ['tfn', 'tfn|tax file number|tax file'],
  ['tin', 'tin|bir'],
  ['nino', 'nino|national insurance|ni number|ni no|insurance number'],
  [
    'nhs',
    'nhs|nhs number|nhs no|health service number|chi number|patient number|patient id|patient',
  ],
  ['medicare', 'medicare|mbi|beneficiary identifier|beneficiary number|hicn'],
  ['aadhaar', 'aadhaar|aadhar|adhaar|uidai|uid number|आधार|आधार नंबर|आधार संख्या'],
  ['mynumber', 'my number|mynumber|individual number|マイナンバー|個人番号|マイナンバ'],
  ['rut', 'rut|run|rol unico'],
  ['voter', 'voter|voter id|epic|epic number|मतदाता'],
  ['nin', 'nin|national identification number|nimc'],
  [
    'nid',
    'nid|national id|national identity|national identification|national number|national no|identity number|identity card|identity code|identity no|identification number|identification no|id number|id no|id card|id document|id code|resident number|resident no|permanent resident|citizen id|citizen number|citizenship number|personal id|personal number|personal code|personal identity|personal identification|person number|personnr|government id|gov id|resident id|resident registration|residence permit|registration number|ausweis*|personalausweis*|ausweisnummer|personalnummer|identitatsnummer|carte d identite|piece d identite|cni|numero d identite|numero national|registre national|rijksregister*|rijksregisternummer|dni|nie|nif|documento de identidad|documento nacional|cedula|documento identita|carta d identita|cartao de cidadao|bilhete de identidade|documento|cpf|rg|identiteitskaart|identiteitsnummer|bsn|burgerservicenummer|persoonsnummer|dowod osobisty|dowodu osobistego|numer dowodu|pesel|personnummer|person nr|pnr|samordningsnummer|fodselsnummer|legitimation|henkilotunnus|henkilotunnukseni|hetu|sotu|henkilokortti|codice fiscale|kimlik|kimlik no|tckn|tc kimlik|tc no|mernis|nric|fin|fin number|sg id|tnin|thai id|thai national|เลขประจำตัวประชาชน|บัตรประชาชน|rsa id|sa id|south african id|teudat zehut|身分証|身分証明書|個人番号|マイナンバー|주민등록번호|주민번호|주민등록|외국인등록번호|rrn|frn|alien registration|foreigner registration|身份证|身份证号|पहचान|पहचान संख्या|curp',
  ],
  ['nidstrict', 'national id number|national id|national identity number|nid number|citizen id'],
  [
    'passport',
    'passport|passports|passport no|passport number|travel document|reisepass|reisepassnummer|pass nr|pass  nr|passnummer|passeport|numero de passeport|pasaporte|passaporto|passaporte|paspoort|paspoortnummer|paszport|paszportu|passnummer|pass nummer|passi|passin numero|passin|パスポート|旅券番号|旅券|여권|여권번호|पासपोर्ट',
  ],
  [
    'licence',
    'driving licence|driver licence|drivers licence|driver s licence|driving license|driver license|drivers license|driver s license|licence number|license number|dl number|dl no|driver s license number|fuhrerschein*|fuehrerschein*|permis de conduire|permiso de conducir|licencia de conducir|carnet de conducir|patente|patente di guida|carta de conducao|cnh|carteira de motorista|rijbewijs|rijbewijsnummer|prawo jazdy|prawa jazdy|korkort|korkortsnummer|ajokortti|ajokortin|運転免許|運転免許証|免許証番号|운전면허|운전면허번호|면허번호|ड्राइविंग लाइसेंस',
  ],
  ['permit', 'license!|licence!|permit!'],
  [
    'card',
    'card|cards|card number|card no|credit card|creditcard|debit card|cc|cc number|ccn|ccnum|payment card|visa|mastercard|amex|american express|maestro|discover|pan|card num|cardnumber|kreditkarte*|kartennummer|kartennr|karte|carte bancaire|carte bleue|carte de credit|numero de carte|carte|cb|tarjeta|tarjeta de credito|numero de tarjeta|carta di credito|numero carta|numero della carta|carta|cartao|cartao de credito|numero do cartao|kaart|kaartnummer|creditcardnummer|karta|karty|karta kredytowa|numer karty|kort|kortnummer|kreditkort|bankkort|kortti|luottokortti|kortin numero|kortin|カード|カード番号|クレジットカード|クレジット|카드|카드번호|신용카드|कार्ड|कार्ड नंबर|क्रेडिट कार्ड',
  ],
  [
    'iban',
    'iban|bankverbindung|konto|kontonummer|bic|swift|rib|cuenta|conto|rekening*|konta|tili*|口座|계좌|खाता',
  ],
  ['routing', 'routing|routing number|aba|aba number|rtn|transit number|transit'],
  [
    'bank',
    'bank account|bank acct|account number|account no|acct|acct no|acct number|checking account|savings account|bank number|bank|kontonummer|konto nr|kontonr|kto|kto nr|kto  nr|numero de compte|compte bancaire|numero de cuenta|cuenta bancaria|conto corrente|numero di conto|conta bancaria|numero da conta|rekeningnummer|bankrekening|numer konta|rachunek bankowy|numer rachunku|rachunku|bankkonto|bankkontonummer|tilinumero|pankkitili|口座番号|口座|銀行口座|계좌번호|계좌|खाता संख्या|खाता नंबर',
  ],
  ['sortcode', 'sort code|sortcode|sort codes'],
  [
    'vat',
    'vat|vat id|vat number|vat no|vat reg|ust id|ust idnr|ustid|umsatzsteuer*|mwst|tva|numero de tva|iva|partita iva|p iva|gstin|gst|gst number|btw|btw nummer|nip|moms|momsnummer|alv',
  ],
  [
    'company',
    'company number|company no|company registration|company identity|company identity code|business number|business registration|brn|abn|acn|uen|cnpj|siren|siret|orgnr|org nr|orgnummer|organisationsnummer|handelsregister*|kvk|krs|regon|사업자등록번호|사업자|法人番号|australian business|australian company',
  ],
  [
    'insurance',
    'insurance number|insurance no|insurance id|policy number|policy no|policy id|member id|member number|member no|membership number|subscriber id|insured|health insurance|versichertennummer|versicherten nr|krankenversicher*|krankenversichertennummer|kvnr|egk|egk nummer|gesundheitskarte|krankenkasse*|versicherungsnummer|rentenversicherung*|numero d assure|carte vitale|mutuelle|tarjeta sanitaria|numero de poliza|poliza|tessera sanitaria|polizza|numero de utente|utente de saude|polisnummer|zorgverzekering|numer polisy|forsakringsnummer|vakuutusnumero|保険証番号|保険証|被保険者番号|건강보험|건강보험증|보험번호|बीमा|medicare',
  ],
  [
    'mrn',
    'mrn|mrns|medical record|medical record number|medical record no|medical records|health record|patient id|patient no|patient number|patient nr|patientid|hospital number|hospital no|chart number|chart no|case number of the patient|patientennummer|patienten nr|patienten id|fallnummer|krankenakte|aktenzeichen des patienten|dossier medical|numero de dossier|numero de patient|ipp|historia clinica|numero de historia|nhc|cartella clinica|numero cartella|prontuario|processo clinico|numero do processo|patientnummer|patientnr|dossiernummer|medisch dossier|numer pacjenta|historia choroby|dokumentacja medyczna|journalnummer|patientjournal|potilasnumero|potilastunnus|potilas*|診察券番号|カルテ番号|カルテ|患者番号|患者id|환자번호|환자 번호|차트번호|의무기록|मरीज|मरीज संख्या|रोगी',
  ],
  ['npi', 'npi|npis|npi number|national provider|provider identifier|provider id|provider number'],
  ['dea', 'dea|dea number|dea no|medical license|medical licence'],
  ['doctor', 'lanr|arztnummer|betriebsstattennummer|bsnr|betriebsstatte*|vertragsarzt*'],
  [
    'health',
    'diagnosis|diagnoses|diagnosed|diagnosed with|diagnostic code|dx|icd|icd 10|icd10|icd code|medical code|condition code|prescribed|diagnose*|diagnostiziert|diagnostic|diagnostique|diagnostico|diagnosticado|diagnosticada|diagnosi|diagnosticato|diagnosticata|rozpoznanie|diagnoza|zdiagnozowano|diagnos|diagnoosi|診断|診断名|病名|진단|진단명|निदान',
  ],
  [
    'phone',
    'phone|phones|phone number|phone no|telephone|tel|tel no|mobile|mobile number|mobil*|cell|cell phone|cellphone|cellular|fax|call!|called|phoned|texted|faxed|call me|call me on|call me at|calling|calls to|text me|text me at|sms|whatsapp|signal|ring|ring me|dial|reach|reach me|reached|messages to|contact number|contact no|contact me|hotline|landline|desk|office|handy|handynummer|telefon*|rufnummer|ruf mich|anrufen|rueckruf|ruckruf|erreichbar|erreichen|telefonnummer|festnetz|telephone|portable|mobile|appelez|appeler|appelez moi|joindre|joignable|numero de telephone|telefono|tfno|movil|celular|llamar|llamame|llame|cellulare|cell|chiamare|chiamami|chiama|recapito|numero di telefono|telemovel|telefone|ligar|ligue|ligue me|contacto|contato|telefoonnummer|telefoon|bel|bel me|bellen|mobiel|gsm|telefonu|komorka|komorkowy|komorkowego|zadzwon|dzwonic|telefonnummer|mobilnummer|ringa|ring mig|nas pa|puh|puhelin*|soita|soittaa|matkapuhelin|gsm numero|電話|電話番号|携帯|携帯電話|連絡先|ご連絡|でんわ|전화|전화번호|휴대폰|휴대전화|핸드폰|연락처|फ़ोन|फोन|मोबाइल|दूरभाष|नंबर|संपर्क|cep|telefon numaram|telepono|numero|the number is|number is|answering at|answering|registered|at number|registered number',
  ],
  [
    'birth',
    'dob|d o b|date of birth|birth date|birthdate|birthday|birth|born|born on|born in|geboren|geboren am|geburtsdatum|geb|geburtstag|naissance|date de naissance|ne le|nee le|nacimiento|fecha de nacimiento|nacido|nacida|nacido el|nacida el|nascita|data di nascita|nato|nata|nato il|nata il|nasci|nasceu|naci|nacio|nacque|nascimento|data de nascimento|nascido|nascida|nascido em|nascida em|geboortedatum|geboren op|geboortedag|urodzilem|urodzilam|urodzil|urodzenia|data urodzenia|urodzony|urodzona|ur|fodelsedatum|fodd|fodd den|syntymaaika|syntymapaiva|synnyin|syntyi|syntynyt|synt|生年月日|誕生日|生まれ|生年|생년월일|생일|출생|태어난|जन्म|जन्म तिथि|जन्मतिथि|जन्मदिन|पैदा',
  ],
  [
    'person',
    'beneficiary|beneficiaries|customer|client|patient|employee|applicant|passenger|insured person|policyholder|account holder|cardholder|taxpayer|resident|citizen|user profile|kunde|kundin|mitarbeiter*|antragsteller*|assure|salarie|cliente|paciente|empleado|paziente|dipendente|klant|werknemer|klient|pacjent|pracownik|kund|anstalld|asiakas|potilas|tyontekija|顧客|患者|従業員|고객|환자|직원|ग्राहक',
  ],
  [
    'crypto',
    'bitcoin|btc|wallet|crypto|eth|ethereum|litecoin|ltc|usdt|monero|xmr|dogecoin|tron|solana',
  ],
  ['mac', 'mac|mac address|hardware address|ethernet|bssid|device mac'],
  ['ip', 'ip|ips|ip address|client ip|remote addr|x forwarded for|source ip|src ip|ipv4|ipv6'],
  [
    'version',
    'version|versions|ver|release|build|semver|firmware|v|section|sections|sec|chapter|clause|appendix|annex|paragraph|table|figure|rfc|oid|abschnitt|kapitel|sezione|seccion|hoofdstuk',
  ],
];
