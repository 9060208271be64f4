import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SettingFault } from '../setting-fault.ts';
import { placeAt } from './dialling.fixture.ts';
import { targetOf } from './guard.ts';
import { isInner, proxiesFrom, proxyFor } from './proxy.ts';

type Environment = Readonly<Record<string, string>>;

function wayTo(origin: string, environment: Environment, privateAddress?: string): string {
  const target = targetOf(placeAt(origin, { privateAddress }));
  assert.ok(target !== undefined);
  const proxy = proxyFor(target, proxiesFrom(environment));
  return proxy === undefined ? 'direct' : `${proxy.host}:${proxy.port}`;
}

describe('the proxy that the environment names', () => {
  it('is one for each scheme, lower case first', () => {
    const both = { HTTPS_PROXY: 'http://one:3128', HTTP_PROXY: 'two' };
    assert.equal(wayTo('https://far.example', both), 'one:3128');
    assert.equal(wayTo('http://far.example', both), 'two:80');
    assert.equal(wayTo('https://far.example', { HTTP_PROXY: 'http://two' }), 'direct');
    const cased = { HTTPS_PROXY: 'http://one', https_proxy: 'https://[fd00::1]' };
    assert.equal(wayTo('https://far.example', cased), 'fd00::1:443');
    assert.equal(wayTo('https://far.example', { HTTPS_PROXY: ' ', https_proxy: '' }), 'direct');
    assert.equal(proxiesFrom({ NO_PROXY: 'x' }), undefined);
  });

  it('has credentials that nothing prints', () => {
    const proxies = proxiesFrom({ HTTPS_PROXY: 'http://us%40er:p%3Ass@one:3128' });
    const value = proxies?.https?.authorization?.reveal();
    assert.equal(value, `Basic ${Buffer.from('us@er:p:ss').toString('base64')}`);
    assert.doesNotMatch(JSON.stringify(proxies), /p%3Ass|dXNA/);
  });

  it('is refused when it cannot be used, without showing it', () => {
    const bad = ['socks5://u:secret@one', 'http://u:secret@one/path', 'http://u:secret@', '::'];
    for (const HTTPS_PROXY of [...bad, 'http://u:secret%zz@one']) {
      assert.throws(
        () => proxiesFrom({ HTTPS_PROXY }),
        (error: unknown) =>
          error instanceof SettingFault &&
          error.message.includes('HTTPS_PROXY') &&
          !error.message.includes('secret'),
        HTTPS_PROXY,
      );
    }
    assert.throws(
      () => proxiesFrom({ HTTPS_PROXY: 'one', SIGNALBOX_PROXY_RESOLVES: 'maybe' }),
      /SIGNALBOX_PROXY_RESOLVES/,
    );
  });
});

describe('who is reached without the proxy', () => {
  it('is what an operator declared as private, and what means something only inside', () => {
    const environment = { HTTPS_PROXY: 'http://one', HTTP_PROXY: 'http://one' };
    assert.equal(wayTo('http://far.example:8000', environment, 'far.example:8000'), 'direct');
    const inner = [
      'http://127.0.0.1:1',
      'http://10.0.0.1',
      'http://169.254.169.254',
      'http://[::1]',
    ];
    const names = [
      'http://localhost',
      'https://metadata.google.internal',
      'http://box',
      'http://a.lan.',
    ];
    for (const origin of [...inner, ...names]) {
      assert.equal(wayTo(new URL(origin).origin, environment), 'direct', origin);
    }
    assert.equal(wayTo('http://1.1.1.1', environment), 'one:80');
    assert.equal(isInner('mylocal'), true);
    assert.equal(isInner('my-local.example'), false);
  });

  const CASES: readonly (readonly [rules: string, origin: string, direct: boolean])[] = [
    ['*', 'https://far.example', true],
    ['far.example', 'https://far.example', true],
    ['far.example', 'https://api.far.example', true],
    ['far.example', 'https://so-far.example', false],
    ['.far.example', 'https://api.far.example', true],
    ['*.far.example', 'https://api.far.example', true],
    ['FAR.example.', 'https://far.example', true],
    ['far.example:8443', 'https://far.example', false],
    ['far.example:8443', 'https://far.example:8443', true],
    ['far.example:443', 'https://far.example', true],
    ['other.example, far.example', 'https://far.example', true],
    ['other.example far.example', 'https://far.example', true],
    ['1.1.1.1', 'https://1.1.1.1', true],
    ['1.1.0.0/16', 'https://1.1.2.3', true],
    ['1.1.0.0/16', 'https://1.2.2.3', false],
    ['1.1.1.0/24:8443', 'https://1.1.1.9:8443', true],
    ['1.1.1.0/24:8443', 'https://1.1.1.9', false],
    ['2606:4700::/32', 'https://[2606:4700::1111]', true],
    ['2606:4700::1111', 'https://[2606:4700::1111]', true],
    ['[2606:4700::1111]:8443', 'https://[2606:4700::1111]:8443', true],
    ['[2606:4700::1111]:8443', 'https://[2606:4700::1111]', false],
    ['1.1.0.0/16', 'https://far.example', false],
    ['*:8443', 'https://far.example:8443', true],
    ['*:8443', 'https://far.example', false],
  ];
  for (const [rules, origin, direct] of CASES) {
    it(`${rules} ${direct ? 'takes' : 'does not take'} ${origin} past it`, () => {
      const environment = { https_proxy: 'http://one', no_proxy: rules };
      assert.equal(wayTo(origin, environment) === 'direct', direct);
    });
  }

  it('is not guessed', () => {
    for (const rule of [
      '10.0.0/8',
      '10.0.0.0/33',
      'far.example:99999',
      '10.0.*',
      'http://x',
      'a/b',
    ]) {
      assert.throws(
        () => proxiesFrom({ HTTPS_PROXY: 'one', NO_PROXY: rule }),
        (error: unknown) => error instanceof SettingFault && error.message.includes(rule),
        rule,
      );
    }
  });
});
