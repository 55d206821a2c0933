/**
 * One line of an env file, as programs that read such files and shells understand it alike: quotes are used only where they must be.
 *
 * @returns undefined where no way of writing means the same to all of them
 */
export function envLine(name: string, value: string): string | undefined {
  if (/^[\w@%+=:,./-]*$/.test(value)) return `${name}=${value}`;
  if (/[\r\n\0]/.test(value)) return undefined;
  if (!value.includes("'")) return `${name}='${value}'`;
  return /["$\\`]/.test(value) ? undefined : `${name}="${value}"`;
}
