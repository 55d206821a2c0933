import type { Progress } from '../../src/app/run/run';
import { EnvironmentWorld } from './environmentWorld';

const folder = '/code/repo.worktrees/x';

/** The default branch has one migration. The branch x has what `inputs` is set to, and its database what `apply` says. */
export class MigratedWorld extends EnvironmentWorld {
  readonly told: Progress[] = [];

  constructor() {
    super();
    this.environmentFiles.inputs.set('/code/repo', 'one');
    this.worktrees.makeBranch('x');
    this.files.texts.set('package.json', JSON.stringify({ dependencies: { knex: '3' } }));
  }

  /** What the branch's migrations are, of a tool that is known. */
  branchHas(...names: readonly string[]): void {
    this.environmentFiles.inputs.set(folder, names.join(' '));
    for (const path of this.files.texts.keys()) if (path.startsWith('migrations/')) this.files.texts.delete(path);
    for (const name of names) this.files.texts.set(`migrations/${name}.js`, '');
  }

  apply(...names: readonly string[]): void {
    const rows = names.map((name) => ({ name: `${name}.js` }));
    this.tables.put('wt_x', 'public', 'knex_migrations', rows);
  }

  async build(): Promise<void> {
    await this.createBranch('main-like');
    this.commands.runs.length = 0;
  }

  async make() {
    const known = await this.worktree('x');
    this.told.length = 0;
    const target = known ? ({ kind: 'worktree', path: folder } as const) : ({ kind: 'branch', branch: 'x' } as const);
    return this.create({ target }, { report: (progress) => this.told.push(progress) });
  }

  ran() {
    return this.commands.runs.splice(0).map(({ argv, cwd, env }) => [argv[1], cwd, env['DATABASE_NAME']]);
  }

  step(id = 'migrate') {
    const last = this.told.findLast(({ step }) => step === id);
    return { state: last?.state, detail: last?.detail };
  }
}

/** @param names what the branch x has */
export async function aWorld(...names: readonly string[]): Promise<MigratedWorld> {
  const world = new MigratedWorld();
  world.environmentFiles.inputs.set('/code/repo.worktrees/main-like', 'one');
  await world.build();
  world.branchHas(...names);
  return world;
}
