import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { findExecutable } from '../../src/adapters/exec/findExecutable';

const run = promisify(execFile);

/** The Docker of this machine behind a program that notes what it is asked for. Not for Windows. */
export class CountedDocker {
  private constructor(
    private readonly folder: string,
    /** The environment in which `docker` is the program that counts. */
    readonly env: Readonly<Record<string, string | undefined>>,
  ) {}

  /** @throws when there is no Docker, or it does not run */
  static async create(): Promise<CountedDocker> {
    const real = await findExecutable('docker', process.env);
    if (real === undefined) throw new Error('There is no docker on PATH.');
    await run(real, ['version']);
    const folder = await mkdtemp(join(tmpdir(), 'coppice-docker-'));
    await writeFile(join(folder, 'calls'), '');
    await writeFile(join(folder, 'docker'), `#!/bin/sh\necho "$1" >> '${folder}/calls'\nexec '${real}' "$@"\n`);
    await chmod(join(folder, 'docker'), 0o755);
    return new CountedDocker(folder, { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` });
  }

  /** The builds and pushes since this was asked for last, in order. */
  async changes(): Promise<string[]> {
    const calls = (await readFile(join(this.folder, 'calls'), 'utf8')).split('\n');
    await writeFile(join(this.folder, 'calls'), '');
    return calls.filter((call) => call === 'build' || call === 'push');
  }

  async run(...argv: string[]): Promise<string> {
    return (await run('docker', argv, { env: process.env })).stdout.trim();
  }

  /** Images of Coppice with this name, by their ids. */
  async images(name: string): Promise<string[]> {
    const ids = await this.run('images', '--all', '--quiet', '--filter', `label=coppice.dev/image=${name}`);
    return [...new Set(ids.split('\n').filter(Boolean))];
  }

  /** Takes the images of this name out of the engine; running containers keep what they run. */
  async forget(name: string): Promise<void> {
    for (const id of await this.images(name)) {
      const tags = await this.run('image', 'inspect', '--format', '{{join .RepoTags "\\n"}}', id).catch(() => '');
      for (const tag of tags.split('\n').filter(Boolean)) await this.run('rmi', '--force', tag);
      await this.run('rmi', '--force', id).catch(() => undefined);
    }
  }

  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
