import { join } from 'node:path';

/**
 * The environment that Helm runs in: the user's, without what would lead it elsewhere (HELM_NAMESPACE, HELM_KUBE…,
 * HELM_DRIVER, KUBECONFIG) or run something of theirs (plugins); caches and settings are in a folder of our own.
 */
export function helmEnvironment(
  user: Readonly<Record<string, string | undefined>>,
  home: string,
): Record<string, string | undefined> {
  const kept = Object.entries(user).filter(([name]) => !/^(HELM_|KUBECONFIG$)/i.test(name));
  return {
    ...Object.fromEntries(kept),
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
  };
}
