import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { findExecutable } from './findExecutable';
import { goneScript } from './goneScript';
import { ownCallBatch } from './ownCallBatch';

export interface OwnCallOptions {
  /** Coppice's own folder. */
  readonly home: string;
  /** Folder that holds dist/. */
  readonly root: string;
  /** Node, or an Electron program that can act as Node. */
  readonly execPath: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * How another program calls Coppice: a small program in Coppice's own folder, by its path, as another program may have another PATH. An
 * update of the editor's extension puts that into another folder, and the program finds it there. Where Coppice is gone it says so, and
 * a session of Claude Code gets a plain worktree.
 */
export class OwnCall {
  readonly #options: OwnCallOptions;

  constructor(options: OwnCallOptions) {
    this.#options = options;
  }

  readonly name = 'coppice';

  /** Quoted for a shell. */
  async text(): Promise<string> {
    // The shells that tools have on Windows (Git Bash, PowerShell) take these, too.
    const file = this.#file.replaceAll('\\', '/');
    if (/^[\w/.:@+-]+$/.test(file)) return file;
    return process.platform === 'win32' ? `"${file}"` : `'${file.replaceAll("'", "'\\''")}'`;
  }

  /** Makes sure that what `text` says can be run. */
  async make(): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    if (process.platform !== 'win32') return writeFileAtomically(this.#file, this.#script(), 0o755);
    const { root, execPath } = this.#options;
    const gone = join(dirname(this.#file), 'coppice-gone.sh');
    await writeFileAtomically(gone, goneScript, 0o755);
    const cli = join(root, 'dist', 'cli.js');
    await writeFileAtomically(this.#file, ownCallBatch({ cli, execPath, others: this.#others, gone }), 0o755);
  }

  get #file(): string {
    return join(this.#options.home, 'bin', process.platform === 'win32' ? 'coppice.cmd' : 'coppice');
  }

  /** Whether `name` alone would do, for whoever has our PATH. */
  async isOnPath(): Promise<boolean> {
    return (await findExecutable(this.name, this.#options.env)) !== undefined;
  }

  /** Beside this one in the editor's folder of extensions: `coppice.coppice-0.2.0`. undefined: this is no extension. */
  get #others(): string | undefined {
    const { root } = this.#options;
    const [, name] = /^(.+)-\d+\.\d+\.\d+[^/\\]*$/.exec(basename(root)) ?? [];
    return name === undefined ? undefined : join(dirname(root), `${name}-`);
  }

  #script(): string {
    const { root, execPath } = this.#options;
    const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
    const others = this.#others;
    const look =
      others === undefined
        ? ''
        : `if [ ! -f "$cli" ]; then\n  for each in ${quoted(others)}*/dist/cli.js; do\n    if [ -f "$each" ]; then cli=$each; fi\n  done\nfi\n`;
    return `#!/bin/sh
# Written by Coppice: what other tools call. "coppice connect" writes it anew.
cli=${quoted(join(root, 'dist', 'cli.js'))}
node=${quoted(execPath)}
${look}if [ ! -x "$node" ]; then node=$(command -v node); fi
if [ -f "$cli" ] && [ -n "$node" ]; then ELECTRON_RUN_AS_NODE=1 exec "$node" "$cli" "$@"; fi
# Another one, which may lead nowhere as well; this file may be what is called so.
if [ -z "$COPPICE_SOUGHT" ] && COPPICE_SOUGHT=1 coppice --version </dev/null >/dev/null 2>&1; then
  COPPICE_SOUGHT=1 exec coppice "$@"
fi
${goneScript}`;
  }
}
