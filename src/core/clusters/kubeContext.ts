/** A context of the user's kubeconfig, and where it leads. */
export interface KubeContext {
  readonly name: string;
  /** Address of the API server. */
  readonly server: string;
  /** SHA-256 over the PEM of the certificate authority, hex; undefined where the kubeconfig names none. */
  readonly caSha256: string | undefined;
  /** Names that the kubeconfig gives to the cluster, and to the namespace that the context begins in. */
  readonly cluster: string;
  readonly namespace: string | undefined;
}
