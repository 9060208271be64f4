import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { meaningOfType } from '../kinds.table.ts';
import { unescaped } from '../reading.ts';
import { generated } from './generated.fixture.ts';
import { kindsOfTypes, RAISES_FROM, Scan, SLICE, scan, scannedTypes } from './scan.ts';

const typesIn = (text: string): readonly string[] =>
  scan(text)
    .filter(({ confidence }) => confidence >= RAISES_FROM)
    .map(({ type }) => type);

describe('what stands in a text', () => {
  const cases: readonly (readonly [text: string, types: readonly string[]])[] = [
    ['My SSN is 078-05-1123, summarise my claim', ['us-ssn']],
    ['Mein IBAN: DE36 5059 5906 7710 7034 71', ['iban-code']],
    ['card 4111 1111 1111 1111 was charged', ['credit-card']],
    ['write to jo.doe+x@mail.example.org.', ['email-address']],
    ['ring 070-503 56 81 i morgon', ['phone-number']],
    ['le patient né le 15/12/1966', ['date-of-birth']],
    ['マイナンバーは588094210981です', ['jp-my-number']],
    ['제 주민등록번호는 570125-1636241이고', ['kr-rrn']],
    ['bitcoin: 15hQpXXcea7v5mMZ7VDtKs1ok4SzRpnphZ', ['crypto']],
    ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', ['crypto']],
    ['from 84.210.212.99', ['ip-address']],
    ['client IP: 192.168.7.23', ['ip-address']],
    ['10.31.77.8', ['ip-address']],
    ['fe80::3c1a:9', ['ip-address']],
    ['bind to 172.16.3.5, then ::ffff:172.16.3.4', ['ip-address', 'ip-address']],
    ['inet6 fe80::1%eth0/64 and 192.168.7.4/24', ['ip-address', 'ip-address']],
    ['2025-01-02 10:11:12 84.210.212.99 GET /', ['ip-address']],
    ['eth0 2001:470:1f0b::7 f4:5c:89:aa:bb:cc', ['ip-address', 'mac-address']],
    ['mon passeport 12AB34567', ['passport']],
    ['mijn paspoort NW24B5P72', ['passport']],
    ['USt-IdNr. DE 136-695.976', ['de-vat-id']],
    ['license U1K711J11M here', ['it-driver-license']],
    ['my mailbox is info@gmail.com', ['email-address']],
    ['jo.doe@example.com asked jo7@mail.example.org', ['email-address', 'email-address']],
    ['diagnosed with F32.1', ['medical-code']],
    ['MSH|^~\\&|A\rPID|1||48291734^^^H^MR||DOE||\rPV1|1|', ['medical-record']],
    ['id;phone\r\n2;676632229\r\n3;676632230', ['phone-number', 'phone-number']],
    ['id,name,BSN\n7,Jo,612552081\n', ['nl-bsn']],
    ["INSERT INTO t(id,pesel) VALUES (5,'44083008045');", ['pl-pesel']],
    ['password: hunter2!x', ['secret']],
    ['CNPJ 11.444.777/0001-61', ['br-cnpj']],
    ['rijksregisternummer 85.07.30-033.28', ['be-national-number']],
    ['生年月日：1978年3月3日', ['date-of-birth']],
    ['geboren op 3 maart 1978', ['date-of-birth']],
    ['born on March 3, 1978', ['date-of-birth']],
    ['जन्म तिथि: 3 मार्च 1978', ['date-of-birth']],
    ["driver's license: D1234567", ['us-driver-license']],
    ['driver’s license number is D1234567', ['us-driver-license']],
    ['card 4012.8888.8888.1881', ['credit-card']],
    ['4012 88888888 1881', ['credit-card']],
    ['4012_8888_8888_1881', ['credit-card']],
    ['%B4012888888881881^DOE/JOHN^', ['credit-card']],
    ['my SIN is 046 454 286', ['ca-sin']],
    ['Mein Reisepass C4FK3H2N7 läuft ab', ['de-id-card']],
    ['IdNr. 98765432106 liegt vor', ['de-tax-id']],
    ['St.-Nr. 12/345/67890', ['de-tax-number']],
    ['Kto.-Nr. 532013000 bei der Sparkasse', ['us-bank-number']],
    ['numer dowodu ABA300000', ['pl-identity-card']],
    ['fødselsnummer 01010750160', ['no-fodselsnummer']],
    ['tessera sanitaria 80380001234567890123', ['insurance-number']],
    ['permanent resident number 9912310663155', ['za-id-number']],
    ['nací el 15 de mayo de 1988', ['date-of-birth']],
    ["phoneNumber: '+31612345678'", ['phone-number']],
    ['IBAN DE 89 3704 0044 0532 0130 00', ['iban-code']],
  ];
  for (const [text, types] of cases) {
    it(`${JSON.stringify(text)} is ${types.join(', ')}`, () => {
      assert.deepEqual(typesIn(text), types);
    });
  }
});

describe('what stands there in disguise', () => {
  const cases: readonly (readonly [text: string, type: string])[] = [
    ['4\u200b1\u200b1\u200b1 1111 1111 1111', 'credit-card'],
    ['４１１１１１１１１１１１１１１１', 'credit-card'],
    ['٤١١١١١١١١١١١١١١١', 'credit-card'],
    ['note D E 3 6 5 0 5 9 5 9 0 6 7 7 1 0 7 0 3 4 7 1 here', 'iban-code'],
    ['jo [dot] doe [at] mail [dot] example [dot] org', 'email-address'],
    ['jo%2Edoe%40mail%2Eexample', 'email-address'],
    ['&#52;&#49;&#49;&#49; 1111 1111 1111', 'credit-card'],
    ['\\u0034\\u0031\\u0031\\u0031111111111111', 'credit-card'],
    ['ref 34313131313131313131313131313131 end', 'credit-card'],
    ['jо.dое@mаil.еxаmplе', 'email-address'],
    ['𝟒𝟎𝟏𝟐 𝟖𝟖𝟖𝟖 𝟖𝟖𝟖𝟖 𝟏𝟖𝟖𝟏', 'credit-card'],
    ['4️⃣0️⃣1️⃣2️⃣ 8️⃣8️⃣8️⃣8️⃣ 8️⃣8️⃣8️⃣8️⃣ 1️⃣8️⃣8️⃣1️⃣', 'credit-card'],
    ['④⓪①② ⑧⑧⑧⑧ ⑧⑧⑧⑧ ①⑧⑧①', 'credit-card'],
    ['⁴⁰¹² ⁸⁸⁸⁸ ⁸⁸⁸⁸ ¹⁸⁸¹', 'credit-card'],
    ['34 30 31 32 38 38 38 38 38 38 38 38 31 38 38 31', 'credit-card'],
    ['phone=%2B4915112345678', 'phone-number'],
    ['4111·1111·1111·1111', 'credit-card'],
    ['jane_at_hotmail_dot_com is the one', 'email-address'],
    ['jane[@]gmail.com', 'email-address'],
    ['jane@gmail[.]com', 'email-address'],
    ['jane AT gmail DOT com', 'email-address'],
    ['6.0.1.1. .1.7.0.7. .5.1.6.3. .2.3.0.3', 'credit-card'],
  ];
  for (const [text, type] of cases) {
    it(`${JSON.stringify(text)} is ${type}`, () => assert.deepEqual(typesIn(text), [type]));
  }
});

describe('what only looks like it', () => {
  const cases = [
    'order 4111 1111 1111 1111 shipped',
    'GB29 NWBK 6016 1331 9268 11 is not a valid IBAN',
    'ISBN 978-3-16-148410-0, EAN 4006381333931',
    'uuid 1b6c2999-7787-4842-8dbd-34483c6a8725 took 1915033307625 ns',
    'Version 10.0.190.1769 build 2024-11-09',
    '[-0.422528,-0.951307,-0.493718]',
    'std::cout << 12 << std::endl; a[1:2]',
    '"max_tokens": 4096, "token_type_ids": [0, 1]',
    'const token = getToken(); password = process.env.PASSWORD',
    'data.password === data.confirmPassword',
    'credential?: X509Credential | undefined',
    'we met AT the DOT office, look at a dot in x²+y² and 2²³; - [ ] to do, a[-]b',
    '00 01 02 03 04 05 06 07 08 09 0a 0b and 48 65 6c 6c 6f 20 77 6f 72 6c 64',
    'released on March 3, 1978 and 3 maart 2018; 1978年3月3日',
    'x > 2147483647 || call(4294967295)',
    'Free Software Foundation, 51 Franklin Street, Boston, MA 02110-1301 USA',
    'phone_vectors = [0.1121968905, 0.1053992246], copyright 2006-2022 by the phone team',
    'see section 3.4.1.1 and RFC 5280, section 4.2.1.12; CLIENT = "2.5.29.37"',
    'route 192.168.7.0/24, fe80::/10; IP: 192.168.7.0/24, ip 127.0.0.1, IP ::1',
    'http://10.0.0.5/, 10.0.0.5:8080, [fd00::1]:80, --bind=10.0.0.5, http://169.254.169.254/latest',
    'took 962.831261 ms, 948.995380 ms; (ipp) 1993-2007, 2007-2019',
    'see ![b](data:image/svg+xml;base64,PHN2ZyB2aWV3Qm94PSI0LjYgNSA5Ni4yIDEyMi43IHRlbCI+)',
    'ip 192.0.2.7 and IP 2001:db8::1 stand in documents',
    'From: Shop <no-reply@shop.firma-x.de>, product-feedback@firma-x.de, billing+eu@firma-x.de',
    'kundenservice@firma-x.de, soporte@firma-x.es, biuro@firma-x.pl, asiakaspalvelu@firma-x.fi',
    'git config user.email you@example.com; your.name@firma-x.de; test@test.com; foo@bar.com',
    'rsync -a dist/ jo@web01.firma-x.de:/srv/ && scp f lee@web02.firma-x.de:~',
    'ssh deploy@web.firma-x.de uptime',
    '{"account_id":"acct_1032D82eZvKYlo2C","created":1679090539}',
    'look_at_me_dot_product, see at-dot-notation and a • b • c',
    '49699333+robot[bot]@users.noreply.github.com',
    'attrs[0::2], attrs[1::2], http://[fd00::1]/v1, 255.255.255.255',
    'git clone git@github.com:org/repo.git; icon@2x.png; https://user:pass@host.example/',
    '',
  ];
  for (const text of cases) {
    it(JSON.stringify(text), () => assert.deepEqual(typesIn(text), []));
  }
});

describe('a message that is a value', () => {
  const saying = (message: object): readonly string[] =>
    typesIn(unescaped(JSON.stringify({ messages: [message] })));
  it('says as much as a text that is one', () => {
    const values = ['219-09-9998', '1EG4-TE5-MK73', '192.168.7.23', '415 555 2671'];
    for (const content of values) {
      const alone = typesIn(content);
      assert.equal(alone.length, 1, content);
      assert.deepEqual(saying({ role: 'user', content }), alone, content);
      assert.deepEqual(saying({ content: [{ type: 'text', text: content }] }), alone, content);
    }
  });

  it('ends where the message ends', () => {
    assert.deepEqual(saying({ content: 'het wachtwoord is Fiets!4821' }), ['secret']);
    const note = '{"Cookie":"sessionid=08e0f811a347dd0e03a577bae9e539b9"}';
    assert.deepEqual(saying({ arguments: JSON.stringify({ note }) }), ['secret']);
  });

  it('is not the answer of a tool, nor one of its arguments', () => {
    assert.deepEqual(saying({ role: 'tool', tool_call_id: 'c1', content: '4155552671' }), []);
    assert.deepEqual(saying({ role: 'assistant', n: '4155552671' }), []);
  });

  it('may begin with the headings of a table', () => {
    const content = 'id;name;phone;mail\n7;Jo;676 632 229;jo@mail.example.org\n';
    const comma = content.replaceAll(';', ',');
    for (const one of [content, comma]) {
      assert.deepEqual(saying({ role: 'user', content: one }), ['phone-number', 'email-address']);
    }
  });
});

describe('two texts of one message', () => {
  const of = (...texts: readonly string[]): readonly object[] =>
    texts.map((text) => ({ type: 'text', text }));
  const { stringify } = JSON;
  const cases: readonly (readonly [name: string, parts: readonly object[], types: string])[] = [
    ['a number', of('my SSN is 219-09-', '9998, thanks'), 'us-ssn'],
    ['one in many pieces', of('card 41', '1', '1 1111 11', '11 1111'), 'credit-card'],
    ['a mailbox', [{ text: 'write to jo.doe@mai' }, { text: 'l.example.org' }], 'email-address'],
    [
      'what other fields stand behind',
      [
        { text: 'key AKIAQ3EGR', type: 'text', cache_control: { type: 'ephemeral' } },
        { text: 'VJ5DAYTUS2K', type: 'text', annotations: [] },
      ],
      'secret',
    ],
    ['numbers that are two', of('see page 219-', '09-9998 is a date'), ''],
    ['an image between them', [...of('SSN 219-09-'), { image: 'x' }, ...of('9998')], ''],
  ];
  for (const [name, parts, type] of cases) {
    it(`${name}: ${type === '' ? 'nothing' : type}`, () => {
      for (const body of [stringify({ content: parts }), stringify({ content: parts }, null, 2)]) {
        assert.equal(typesIn(body).join(), type);
      }
    });
  }

  it('is where the value stands, with what stands between its halves', () => {
    const body = stringify(of('SSN 219-09-', '9998 ok'));
    const [found] = scan(body);
    assert.ok(found !== undefined);
    assert.equal(body.slice(found.start, found.end), '219-09-"},{"type":"text","text":"9998');
  });
});

describe('a scan in pieces', () => {
  const value = 'My SSN is 078-05-1123 and mail jo@mail.example. ';
  it('finds what a cut goes through, once, with offsets in the whole', () => {
    const text = `${'word '.repeat(SLICE / 5 - 3)}${value}${'more '.repeat(SLICE / 4)}${value}`;
    const whole = scan(text);
    assert.deepEqual(
      whole.map(({ start, end }) => text.slice(start, end)),
      ['078-05-1123', 'jo@mail.example', '078-05-1123', 'jo@mail.example'],
    );
    for (const size of [1_000, 4_097, SLICE]) {
      const pieces = new Scan();
      for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size));
      assert.deepEqual(pieces.end(), whole, `pieces of ${size}`);
    }
  });

  it('says only types that it claims', () => {
    assert.ok(scannedTypes().includes('us-ssn'));
    assert.equal(new Set(scannedTypes()).size, scannedTypes().length);
    for (const [type, kind] of kindsOfTypes()) assert.equal(meaningOfType(type)?.kind, kind, type);
  });
});

describe('a text', () => {
  it('is read the same, whatever was read before', () => {
    const texts = generated(7, 1).map(({ text }) => text);
    const first = texts.map(scan);
    const again = [...texts].reverse().map(scan).reverse();
    assert.deepEqual(again, first);
  });
});

describe('generated texts', () => {
  for (const half of ['tune', 'measure'] as const) {
    it(`are found and left alone as promised, the half to ${half}`, () => {
      const all = generated(11, 10).filter((one) => one.half === half);
      const spans = all.flatMap(({ text, spans }) => {
        const found = scan(text).filter(({ confidence }) => confidence >= RAISES_FROM);
        return spans.map(([start, end]) =>
          found.some(
            (one) => 2 * (Math.min(one.end, end) - Math.max(one.start, start)) >= end - start,
          ),
        );
      });
      assert.ok(spans.filter(Boolean).length >= 0.98 * spans.length);
      const negatives = all.filter(({ kind }) => kind === 'negative');
      const raised = negatives.filter(({ text }) => typesIn(text).length > 0);
      assert.ok(
        raised.length <= 0.02 * negatives.length,
        raised.map(({ text }) => text).join('\n'),
      );
    });
  }
});
