import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RAISES_FROM, scan } from './scan.ts';

const typesIn = (text: string): readonly string[] =>
  scan(text)
    .filter(({ confidence }) => confidence >= RAISES_FROM)
    .map(({ type }) => type);

const secrets = (cases: readonly string[]): void => {
  for (const text of cases) {
    it(JSON.stringify(text), () => assert.deepEqual(typesIn(text), ['secret']));
  }
};
const nothing = (cases: readonly string[]): void => {
  for (const text of cases) {
    it(`not ${JSON.stringify(text)}`, () => assert.deepEqual(typesIn(text), []));
  }
};

describe('a password in an address', () => {
  secrets([
    'postgres://svc_app:9fK2mPq7zT4w@localhost:5432/prod',
    'DATABASE_URL=postgres://svc:9fK2mPq7zT4w@db.prod.example.com:5432/prod',
    'redis://:p4ssW9rdXk@cache:6379/0',
    'amqp://worker:Zk82kfLq@rabbit//',
    'mongodb+srv://admin:S3cur3Pa55w0rd@cluster0.ab1cd.mongodb.net/test',
    'clone https://deploy:gh7Kq2Lm9x@git.internal/repo.git',
  ]);
  nothing([
    'postgres://user:password@localhost/db',
    'postgres://$' + '{USER}:$' + '{PASS}@host/db',
    'redis://user:$PASS@x',
    'postgres://user:<token>@host/db',
    'mysql://root:changeme@db, https://user:example@host',
    'redis://:xxxx@host',
    'amqp://guest:guest@localhost',
    'postgresql://USERNAME:DB_PASSWORD@HOSTNAME:5432/DB',
    'http://localhost:3000/@vite/client',
  ]);
});

describe('a password in a command or a header', () => {
  secrets([
    'PGPASSWORD=kfj3Jq9x psql -h db',
    'mysql -u root -pS3cretPw99 mydb',
    'mysql -psecret',
    'sshpass -p Sommer2024! ssh root@host',
    'curl -u user:secret https://api.example.com/v1',
    'curl --user "admin:Xk92mfPq" https://api.example.com/v1',
    'redis-cli -h cache -a kj3Lq8xZ ping',
    'Set-Cookie: sid=8f3kLq02mZx91pQv7dTw; Path=/; HttpOnly',
    'Cookie: theme=dark; session=8f3kLq02mZx91pQv7dTw',
    'Authorization: Basic dXNlcjpodW50ZXIy',
  ]);
  nothing([
    'PGPASSWORD=$PGPASSWORD psql',
    'mysql -u root -p mydb',
    'sshpass -p $PASS ssh root@host',
    'curl -u user:password https://api.example.com',
    'curl -u $USER:$PASS https://api.example.com',
    'docker run -p 8080:80 nginx; mkdir -p src/foo2',
    'Set-Cookie: theme=dark; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
    'Set-Cookie: sid=<value>',
    'Authorization: Basic <credentials>',
    'Authorization: Basic dXNlcjpwYXNzd29yZA==',
  ]);
});

describe('a password in a sentence', () => {
  secrets([
    'my password is Tr0ub4dor&3',
    'The password for the server is Winter2023!',
    'login as jo with password Tr0ub4dor&3',
    'das Passwort lautet Sommer2024!',
    'le mot de passe est Xk9#mPq2',
    'la contraseña es Verano2024!',
    'hasło to mF7esZ0pZ3k5C7Bo',
    'la password è Estate2024!',
    'a senha é Verao2024!',
    'het wachtwoord is Zomer2024!',
    'hasło to Lato2024!x',
    'lösenordet är Sommar2024!',
    'salasanani on Kesa2024!',
    'パスワードはNatsu2024!です',
    '비밀번호는 Yeoreum2024! 입니다',
    'मेरा पासवर्ड Garmi2024! है',
    'पासवर्ड Dilli@2020 है',
    'la password è Milano_2023x',
    'pw: Kiwi2345!',
  ]);
  nothing([
    'the password is required and must have at least 8 characters',
    'das Passwort ist falsch. Fehler E4711a',
    'the password is SHA256-hashed, then base64-encoded',
    'passwords are hashed with PBKDF2',
    'your password is set to expire in 30days',
    'the password is stored in 1Password',
  ]);
});

describe('a credential by its issuer or its name', () => {
  secrets([
    'telegram 8085697357:AABc5ckWWrrItc5UInxh9I9DVGbOm2oAPG6',
    'hf_7SNNbcQdE8Jy03omvo04BLXsoAqik2J44F for the hub',
    'twilio auth token a89b5c9ac4a35a138acaece00a444b5b',
    '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 to search',
    'pat-na1-b89108ad-c033-4657-a614-b154c67e02d1 of the shop',
    'access_token=yDe0tXPyBVItHIbY',
    'password: correcthorse2batterystaple',
    '<add key="ApiSecret" value="R2bK9ncTcyooppGQHz7u7VbUB6wErKl7" />',
  ]);
  nothing([
    'ratio 12:AABc5ckWWrrItc5UInxh9I9DVGbOm2oAPG6',
    'the auth token is-refreshed-every-3600-seconds-by-v2',
    "KeyError: 'user_9182736455'",
    'graph/badge.svg?token=yZL6LtXkOA and credential = normalizeX509CredentialOptions',
    'arn:aws:iam::123456789012:role/lambda-exec',
  ]);
});

describe('what a program assigns to a name for a secret', () => {
  nothing([
    'secret: Optional[str] = None',
    'self.passwords: Dict[str, str] = {}',
    'secret: env:REMOTE_KEY',
    'password: vault:secret/data/foo1',
    'def __init__(self, key, secret="", application_name=None):',
    "getpass(prompt='Password: ', stream=None)",
    'const credentials: CredentialFacts[] = [];',
    'exports.loadCredentials = exports.loadConfigWithSource;',
    "spyOn(credentials, 'getVercelOidcToken')",
    "const TOKEN = 'X-Amz-Security-Token'; error(key, 'KEY_OVER_1024_CHARS')",
  ]);
});
