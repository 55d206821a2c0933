/**
 * The hosts that a program lets in by a variable, as Django's projects have it, with those of all environments: one that is for this machine
 * lets in `localhost` by name, and answers 400 to what is asked for at `<slug>.localhost`. undefined: the variable is about something else,
 * or lets everybody in.
 */
export function admittedHosts(variable: string, value: string): string | undefined {
  if (!/(?:^|_)ALLOWED_HOSTS$/.test(variable)) return undefined;
  const hosts = value.split(/[\s,]+/).filter((host) => host !== '');
  // A list of another form is read by somebody else's rules.
  if (!hosts.includes('localhost') || !hosts.every((host) => /^[\w.:-]+$/.test(host))) return undefined;
  if (hosts.includes('.localhost')) return undefined;
  return [...hosts, '.localhost'].join(value.includes(',') || hosts.length === 1 ? ',' : ' ');
}
