/**
 * One line of an env file, as programs that read such files and shells understand it alike: quotes are used only where they must be.
 *
 * What a value begins a variable's name with (`$NAME`) has no such way: `envLineNote` says so beside it.
 *
 * @returns undefined where no way of writing means the same to all of them
 */
export function envLine(name: string, value: string): string | undefined {
  if (/^[\w@%+=:,./-]*$/.test(value)) return `${name}=${value}`;
  if (/[\r\n\0]/.test(value)) return undefined;
  // python-dotenv takes a backslash before another, or before the closing quote, for the sign that says to keep what follows.
  if (/\\(?:\\|$)/.test(value)) return undefined;
  if (!value.includes("'")) return `${name}='${value}'`;
  return /["$\\`]/.test(value) ? undefined : `${name}="${value}"`;
}

/**
 * What stands above such a line where programs read it differently, whatever it is written like: dotenv, Node.js and shells keep what is in
 * single quotes, Vite's and Next.js's readers put a variable's value there, and python-dotenv does where the name is in braces. What keeps it
 * from the second keeps a backslash for the first.
 */
export function envLineNote(name: string, value: string): string | undefined {
  return /\$(?:[A-Za-z_]|\{)/.test(value)
    ? `# ${name} has a $ in it: Vite and Next.js take it for another variable; dotenv, Node.js and shells keep it`
    : undefined;
}
