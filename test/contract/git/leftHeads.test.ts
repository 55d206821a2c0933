import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Git } from '../../../src/adapters/git/program/git';
import { leftHeads } from '../../../src/adapters/git/history/leftHeads';
import { gitBefore } from '../../support/gitBefore';
import { GitRepository } from '../../support/gitRepository';

it.skipIf(process.platform === 'win32')(
  'asks git where a HEAD was whose log is where extensions.refStorage leads, and no file of the git directory',
  async () => {
    const git = await GitRepository.create();
    try {
      const [now, left] = ['a'.repeat(40), 'b'.repeat(40)];
      const env = await gitBefore(
        git,
        `*" --walk-reflogs "*) printf '${now}\\000T <t@e>\\000HEAD@{1700000000 +0000}\\000checkout: moving from ${left} to main\\n'; exit 0 ;;\n*" for-each-ref "*) exit 0 ;;`,
      );
      const gitDir = join(git.folder, 'registration');
      await mkdir(gitDir);
      // What git 2.55.0 writes there then, as for tables.
      await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/.invalid\n');
      expect(await leftHeads(new Git(env), { gitDir })).toEqual([now, left]);
      await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/main\n');
      expect(await leftHeads(new Git(env), { gitDir })).toEqual([]);
    } finally {
      await git.dispose();
    }
  },
);
