/**
 * Whether a host is one of this machine's loopback addresses, or a name that means them by definition: `localhost` and all below it
 * (RFC 6761). Browsers know those names; other programs ask a name server for those below, see `isThisMachine`.
 *
 * @param host as in a URL, or an IPv6 address without brackets
 */
export function isLoopback(host: string): boolean {
  return /^(?:(?:[^/:]+\.)?localhost\.?|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}
