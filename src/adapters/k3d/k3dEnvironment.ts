import { dollarVariable } from './k3dConfig';

/**
 * The environment that k3d runs in: the user's, but that no kubeconfig of theirs can be found (`cluster delete` rewrites
 * the one that it finds), and that its log is plain.
 *
 * @param kubeconfig path of a file that does not exist
 * @param level 'warn' where stdout is data: k3d writes its news there too
 */
export function k3dEnvironment(
  user: Readonly<Record<string, string | undefined>>,
  kubeconfig: string,
  level: 'info' | 'warn',
): Record<string, string | undefined> {
  const kept = Object.entries(user).filter(([name]) => !/^(K3D_|KUBECONFIG$|LOG_)/i.test(name));
  return {
    ...Object.fromEntries(kept),
    KUBECONFIG: kubeconfig,
    LOG_LEVEL: level,
    LOG_COLORS: 'false',
    [dollarVariable]: '$',
  };
}
