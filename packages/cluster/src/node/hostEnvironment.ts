const NAMES = new Set(
  [
    ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'TZ', 'TMPDIR', 'TEMP', 'TMP'],
    ...['SystemRoot', 'SystemDrive', 'windir', 'ComSpec', 'PATHEXT', 'APPDATA', 'LOCALAPPDATA', 'USERPROFILE'],
    ...['ProgramData', 'ProgramFiles', 'HOMEDRIVE', 'HOMEPATH', 'USERNAME', 'NUMBER_OF_PROCESSORS', 'OS'],
  ].map((name) => name.toUpperCase()),
);

/**
 * What a container's process inherits from this machine: what programs need to be found and to run, and nothing that could
 * carry a secret or another environment's setting into it.
 */
export function hostEnvironment(from: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(from)) {
    const known = NAMES.has(name.toUpperCase()) || name.startsWith('LC_');
    if (known && value !== undefined) result[name] = value;
  }
  return result;
}
