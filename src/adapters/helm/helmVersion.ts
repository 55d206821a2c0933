export interface HelmVersion {
  readonly major: number;
  readonly minor: number;
}

/** What `helm version --short` says; zeros where it is no version. */
export function helmVersion(text: string): HelmVersion {
  const [, major = '0', minor = '0'] = /v?(\d+)\.(\d+)/.exec(text) ?? [];
  return { major: Number(major), minor: Number(minor) };
}
