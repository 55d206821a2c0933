import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** The built command of one of the two commits, in one repository, with a home of its own. */
export class CommandLine {
  readonly #cli: string;
  readonly #options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv };

  /** @param root the clone whose dist/ is run */
  constructor(root: string, cwd: string, env: NodeJS.ProcessEnv) {
    this.#cli = join(root, 'dist', 'cli.js');
    this.#options = { cwd, env };
  }

  /** Runs it to its end. Rejects with what it said when that was a failure. */
  run(argv: readonly string[]): Promise<string> {
    const options = { ...this.#options, timeout: 300_000, maxBuffer: 64 * 1024 * 1024 };
    return new Promise((resolve, reject) => {
      execFile(process.execPath, [this.#cli, ...argv], options, (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else
          reject(new Error(`${this.#cli} ${argv.join(' ')} failed (${error.code}): ${stderr.trim() || stdout.trim()}`));
      });
    });
  }

  /** Whether a command of this commit has an option: the other one may be older than it. */
  async takes(command: string, option: string): Promise<boolean> {
    return (await this.run([command, '--help'])).split(/\s+/).includes(option);
  }
}
