/**
 * Whether a page's headers forbid a frame: which of them, or undefined.
 *
 * Sources: X-Frame-Options of RFC 7034 (any value forbids other origins), frame-ancestors of CSP Level 3, which replaces
 * it where both are there.
 *
 * @param ancestors origins of the pages around the frame, as far as they are known
 */
export function framingRefusal(
  headers: Readonly<Record<string, string | undefined>>,
  ancestors: readonly string[],
): string | undefined {
  const policy = headers['content-security-policy'];
  const allowed = policy === undefined ? undefined : frameAncestors(policy);
  if (allowed !== undefined) {
    const isAllowed = allowed.length > 0 && ancestors.every((origin) => allowed.some((one) => isMatch(one, origin)));
    return isAllowed ? undefined : `Content-Security-Policy: frame-ancestors ${allowed.join(' ')}`.trim();
  }
  const options = headers['x-frame-options']?.trim();
  return options === undefined || options === '' ? undefined : `X-Frame-Options: ${options}`;
}

/** The list of each policy that has one; several policies in one header are separated by commas, and all must allow. */
function frameAncestors(header: string): string[] | undefined {
  const lists = header
    .split(',')
    .flatMap((policy) => policy.split(';'))
    .map((directive) => directive.trim().split(/\s+/))
    .filter(([name]) => name?.toLowerCase() === 'frame-ancestors')
    .map(([, ...sources]) => sources.filter((source) => source !== "'none'"));
  const [first, ...others] = lists;
  return first && first.filter((source) => others.every((list) => list.includes(source)));
}

function isMatch(source: string, origin: string): boolean {
  const { protocol, hostname, port } = new URL(origin);
  const isNetwork = /^(https?|wss?):$/.test(protocol);
  if (source === '*') return isNetwork;
  if (/^[a-z][a-z0-9+.-]*:$/i.test(source)) return source.toLowerCase() === protocol;
  const parts = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/:]+)(?::(\d+|\*))?/i.exec(source);
  if (!parts) return false;
  const [, scheme, host = '', hostPort] = parts;
  if (scheme !== undefined ? `${scheme.toLowerCase()}:` !== protocol : !isNetwork) return false;
  if (hostPort !== undefined && hostPort !== '*' && hostPort !== port) return false;
  const name = host.toLowerCase();
  return name.startsWith('*.') ? hostname.endsWith(name.slice(1)) : name === hostname;
}
