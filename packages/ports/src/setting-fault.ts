/** A setting that cannot be used: which, why, and what to write; never its value. */
export class SettingFault extends Error {
  override readonly name = 'SettingFault';
}
