import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { CliWorld } from './cliWorld';

it('a new migration is told by status, arrives by a refresh, and a failing one is told by its own words', async () => {
  const world = await CliWorld.create();
  try {
    await world.json(['create', 'main']);
    const status = async (): Promise<unknown> => {
      const { recipe }: { readonly recipe: unknown } = await world.json(['status', 'main']);
      return recipe;
    };
    expect(await status()).toEqual({ template: 'current', database: 'current' });
    const migration = path.join(world.repository, 'db', 'migrations', '003-more.sql');
    await writeFile(migration, 'CREATE TABLE more (n int);\n');
    expect(await status()).toEqual({ template: 'older', database: 'older' });
    expect((await world.cli(['status', 'main'])).stdout).toMatch(/database +wt_main, older than its recipe\n/);
    expect((await world.cli(['database', 'refresh'])).stdout).toContain('was built of');
    expect(await status()).toEqual({ template: 'current', database: 'older' });

    // Commands that were approved are not asked about again; others are refused where nobody can be asked.
    const file = path.join(world.repository, 'coppice.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('node db/migrate.js', 'node ./db/migrate.js'));
    const unapproved = await world.cli(['database', 'refresh']);
    expect(unapproved).toMatchObject({ code: 11, stdout: '' });
    expect(unapproved.stderr).toContain('database.migrate: node ./db/migrate.js');
    expect(unapproved.stderr).not.toContain('seed');
    expect((await world.cli(['database', 'refresh', '--yes'])).code).toBe(0);
    await writeFile(file, text);

    await writeFile(migration, 'CREATE TABLE more (n int) nonsense;\n');
    const { code, stderr } = await world.cli(['database', 'refresh']);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/ended with exit code 1: .*syntax error at or near "nonsense"/);
    expect(stderr).toMatch(/The last lines that it printed: .+logs.commands.+\.log/);
    expect(await status()).toEqual({ template: 'older', database: 'older' });

    // One that waits for ever keeps nobody: others would wait for the template, too.
    await writeFile(
      path.join(world.repository, 'hang.js'),
      "console.log('asks a server that is away'); setInterval(() => {}, 1000);",
    );
    await writeFile(file, text.replace('node db/migrate.js', 'node hang.js'));
    const hung = await world.cli(['database', 'refresh', '--yes'], { env: { COPPICE_SETUP_TIMEOUT: '2' } });
    expect(hung.stderr).toMatch(/database\.migrate: "node" did not end within 2 s and was stopped\./);
    expect(hung.stderr).toContain('database.timeout gives it more time.');
    const [, log = ''] = /The last lines that it printed: (.+\.log)/.exec(hung.stderr) ?? [];
    expect(await readFile(log, 'utf8')).toBe('asks a server that is away\n');
    expect(hung.code).not.toBe(0);
  } finally {
    await world.dispose();
  }
}, 120_000);
