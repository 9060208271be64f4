// Names before the at-sign that are nobody's, in the thirteen languages; written as one word.

const setOf = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** Who reads it is nobody in particular: roles, lists, accounts of machines. */
export const ROLES: ReadonlySet<string> = setOf(
  'noreply donotreply mailerdaemon postmaster hostmaster webmaster bounce bounces notification notifications alert alerts newsletter newsletters list lists mailing update updates info hello contact support help helpdesk service customerservice customercare customersupport sales billing invoice invoices payment payments receipt receipts account accounts accounting order orders booking reservation reservations feedback press media marketing job jobs career careers recruiting privacy dpo legal compliance abuse security admin administrator ops devops office reception enquiries inquiries team events partners kontakt hilfe vertrieb buchhaltung rechnung rechnungen bewerbung datenschutz presse kundenservice aide ventes facturation contacto ayuda soporte ventas facturacion contatto assistenza vendite fatturazione contato ajuda suporte vendas verkoop klantenservice administratie pomoc biuro sprzedaz kundtjanst forsaljning asiakaspalvelu myynti tuki root deploy www wwwdata ubuntu ec2user debian centos jenkins postgres vagrant',
);

/** What stands for the name of somebody. */
export const STAND_INS: ReadonlySet<string> = setOf(
  'your yourname youremail yourmail youraddress youruser yourusername youraccount yourlogin yourid you me user username email mail name firstlast firstnamelastname someone somebody anyone anybody recipient sender foo bar baz test tester testuser testing demo example sample dummy fake nobody xxx abc',
);
