/**
 * Whether a client that connects to a host gets to the very machine that it runs on, whatever a name server says. Names below
 * `localhost` are not among them: many programs ask a name server for those, and it may say anything. What is no loopback address
 * is: nobody but this machine answers to `0.0.0.0`, which k3d writes into kubeconfigs.
 *
 * @param host as in a URL, or an IPv6 address without brackets
 */
export function isThisMachine(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|::1?|\[::1?\])$/i.test(host);
}
