// What commands about endpoints say alike: where one is in the API, what it is called, that it is
// in quarantine.
import type { Desk } from '../command.ts';
import { EXIT, type ExitCode, misused } from '../exit.ts';

/** The words of a name stay apart in a path. */
export const endpointPath = (name: string, verb = ''): string => {
  const words = name.split('/').map(encodeURIComponent).join('/');
  return `/admin/v1/endpoints/${words}${verb === '' ? '' : `/${verb}`}`;
};

/** `http://10.0.0.7:8000/v1` is called `10-0-0-7-8000` where nobody says better. */
export function nameOfUrl(url: string): string {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw misused('An endpoint wants its base URL.', 'Like http://10.0.0.7:8000/v1.');
  }
  return new URL(url).host
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** It was added, and stays in quarantine. */
export function toldQuarantined(name: string, fit: boolean, { terminal }: Desk): ExitCode {
  const then = fit ? `activate ${name}` : `probe ${name}`;
  terminal.say(`${name} is quarantined: no call goes there.\nnext: signalbox endpoint ${then}`);
  return fit ? EXIT.ok : EXIT.failed;
}
