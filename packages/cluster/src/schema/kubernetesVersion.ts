import { versionSuffix } from '../contract';

/**
 * The version of Kubernetes that the embedded cluster follows: the one whose published types it knows and validates by. Charts ask for
 * it by `.Capabilities`, clients by /version; kubectl speaks with all versions and warns, where it is asked for versions, of one
 * that is further away than one minor.
 */
export const kubernetesVersion = { major: '1', minor: '37', gitVersion: `v1.37.2${versionSuffix}` } as const;
