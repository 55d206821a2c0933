/** k3d prefixes it and adds a role and a number, which must still fit in a host name. */
const nameLimit = 32;

export const defaultClusterName = 'coppice';

/** What is wrong with a name for a cluster; undefined: nothing. It becomes part of host names. */
export function clusterNameProblem(name: string): string | undefined {
  if (name.length > nameLimit) return `The name of a cluster has at most ${nameLimit} characters, not ${name.length}.`;
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name))
    return `"${name}" is no name for a cluster: lower-case letters, digits and hyphens, as in "coppice-2".`;
  return undefined;
}

/** Ports for the URLs of environments in the order in which they are tried: the one that a URL need not name comes first. */
export function* httpPorts(): Generator<number, void> {
  yield 80;
  for (let port = 8080; port < 8180; port++) yield port;
}

/** Not 5000, which macOS takes for itself. */
export function* registryPorts(): Generator<number, void> {
  for (let port = 5001; port < 5101; port++) yield port;
}

/**
 * Where a folder of this machine is mounted in the nodes: at the same path, but that a Windows drive is a folder.
 *
 * @param folder absolute
 */
export function pathInNodes(folder: string): string {
  const drive = /^([A-Za-z]):[\\/]/.exec(folder)?.[1];
  if (drive === undefined) return folder;
  return `/${drive.toLowerCase()}/${folder.slice(3).replaceAll('\\', '/')}`;
}
