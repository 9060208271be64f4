// The endpoints of every world: what never changes with the seed. Tiers that are not declared
// follow from where the address stands.
import type { Tier } from '@signalbox/contract';

export type PlaceRow = {
  readonly name: string;
  readonly url: string;
  readonly tier: Tier | undefined;
  readonly region: string | undefined;
  readonly tenant: string | undefined;
  readonly models: readonly string[];
  /** USD per million tokens in and out; undefined: nobody states a price. */
  readonly price: readonly [string, string] | undefined;
};

export const PLACES: readonly PlaceRow[] = [
  {
    name: 'desk',
    url: 'http://127.0.0.1:8080/v1',
    tier: undefined,
    region: undefined,
    tenant: undefined,
    models: ['small', 'embedder'],
    price: ['1', '2'],
  },
  {
    name: 'rack-eu',
    url: 'http://10.0.0.5:8000/v1',
    tier: undefined,
    region: 'eu',
    tenant: undefined,
    models: ['small', 'medium', 'embedder'],
    price: ['2', '4'],
  },
  {
    name: 'rack-us',
    url: 'http://10.1.0.5:8000/v1',
    tier: undefined,
    region: 'us',
    tenant: undefined,
    models: ['small', 'medium'],
    price: ['2', '4'],
  },
  {
    name: 'hall-eu',
    url: 'https://hall-eu.example/v1',
    tier: 2,
    region: 'eu',
    tenant: undefined,
    models: ['medium', 'large'],
    price: ['5', '15'],
  },
  {
    name: 'cloud-eu',
    url: 'https://cloud-eu.example/v1',
    tier: undefined,
    region: 'eu',
    tenant: undefined,
    models: ['medium', 'large'],
    price: ['8', '24'],
  },
  {
    name: 'cloud-us',
    url: 'https://cloud-us.example/v1',
    tier: undefined,
    region: 'us',
    tenant: undefined,
    models: ['large', 'medium'],
    price: ['8', '24'],
  },
  {
    name: 'frontier',
    url: 'https://frontier.example/v1',
    tier: 3,
    region: undefined,
    tenant: undefined,
    models: ['large'],
    price: undefined,
  },
  {
    name: 'acme-box',
    url: 'https://box.acme.example/v1',
    tier: 2,
    region: 'eu',
    tenant: 'acme',
    models: ['small', 'large'],
    price: ['3', '9'],
  },
];
