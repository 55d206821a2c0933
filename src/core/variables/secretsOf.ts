/** Values that no log and no message may show: those of variables that sound secret, and passwords within URLs. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  const secrets = new Set<string>();
  for (const [name, value = ''] of Object.entries(env)) {
    if (
      /PASSWORD|PASSWD|PASSPHRASE|_PASS$|_PWD$|SECRET|TOKEN|PRIVATE|CREDENTIAL|API_?KEY/i.test(name) &&
      value.length >= 4
    )
      secrets.add(value);
    const password = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]*:([^@/?#]+)@/i.exec(value)?.[1];
    if (password === undefined) continue;
    secrets.add(password);
    try {
      secrets.add(decodeURIComponent(password));
    } catch {
      // Not percent-encoded: as it stands, it is in the set.
    }
  }
  return [...secrets].sort((a, b) => b.length - a.length);
}
