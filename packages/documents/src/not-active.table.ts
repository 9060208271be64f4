/**
 * Keys that are read and checked, but change nothing yet. Whoever builds the feature deletes the
 * row. `*` stands for one name or one place in a list.
 */
export interface NotActiveKey {
  readonly path: readonly string[];
  readonly instead: string;
}

const row = (path: string, instead: string): NotActiveKey => ({ path: path.split(' '), instead });

export const NOT_ACTIVE: readonly NotActiveKey[] = [
  row('authority', 'whoever may write the files may change everything in them'),
  row('consents *', 'no ceiling is lifted'),
  row('endpoints * health_check_interval_ms', 'an endpoint is judged by the calls it answers'),
  row('endpoints * rate_limit_buffer', 'the limits of the upstream are used in full'),
  row('aliases * * weight', 'targets are tried in the order written'),
  row('aliases * targets * weight', 'targets are tried in the order written'),
  row('endpoints * credentials * weight', 'the first credential that can be read is used'),
  row('endpoints * credentials * limits', 'the limits of the upstream itself hold'),
  row('plans * requests_per_minute_max', '`in_flight_max` and budgets hold'),
  row('plans * tokens_per_minute_max', '`in_flight_max` and budgets hold'),
  row('policies * rules * route chain * weight', 'models are tried in the order written'),
  row('policies * escalation_threshold', 'an answer is never tried again on a higher tier'),
  row('rings * percent', 'the ring of a tenant is recorded only'),
  row('telemetry otlp', 'no spans are exported'),
];
