/**
 * One command that brings a program which repositories are set up with, on every system that has the program before it. Where a
 * package.json names the version of its package manager, Corepack takes that one.
 */
const installs: Readonly<Record<string, string>> = {
  ...{ pnpm: 'npm install --global pnpm', yarn: 'npm install --global corepack && corepack enable' },
  ...{ bun: 'npm install --global bun', bunx: 'npm install --global bun', deno: 'npm install --global deno' },
  ...{ uv: 'pipx install uv', poetry: 'pipx install poetry', pdm: 'pipx install pdm', pipenv: 'pipx install pipenv' },
  ...{ bundle: 'gem install bundler', sqlx: 'cargo install sqlx-cli', diesel: 'cargo install diesel_cli' },
};

/** What a shell says of a program that there is not, in its own words for each system. */
const said = /(?:^|[:\s])([\w.+-]{1,100}): (?:command )?not found\b|'([\w.+-]{1,100})' is not recognized as/m;

/**
 * What to do about a program that this machine does not have.
 *
 * @param program that could not be started, where it is known
 * @param output of a command that failed, which may say it
 * @returns undefined: nothing that would help is known
 */
export function missingProgram(program: string | undefined, output: string): string | undefined {
  const [, one, other] = said.exec(output) ?? [];
  const name = program?.replace(/^.*[\\/]/, '').replace(/\.(?:cmd|exe|bat)$/i, '') ?? one ?? other ?? '';
  if (Object.hasOwn(installs, name)) return `Install it: ${installs[name] ?? ''}`;
  // What a script names may be a dependency of the repository's.
  return program === undefined ? undefined : `Install ${name}, or put its folder on the PATH of this window or shell.`;
}
