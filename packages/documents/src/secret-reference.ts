/** Where a secret is found; never the secret. */
export interface SecretReference {
  readonly kind: 'env' | 'file' | 'exec' | 'sealed';
  /**
   * The variable's name, the path, the command, or the endpoint of a tenant whose key the data
   * folder keeps sealed.
   */
  readonly value: string;
}
