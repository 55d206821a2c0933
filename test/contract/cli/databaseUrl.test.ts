import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../../support/until';
import { CliWorld, messageLines } from './cliWorld';

/** Writes what it is told of its database where a test finds it; as a service it stays. */
const program = `
const { writeFileSync, renameSync } = require('node:fs');
const { join } = require('node:path');
const [what] = process.argv.slice(2);
const file = join(process.env.HOME, 'told-' + what);
writeFileSync(file + '.new', JSON.stringify([process.env.DATABASE_URL, process.env.PGHOST]));
renameSync(file + '.new', file);
if (what === 'service') setInterval(() => {}, 1000);
`;
const form =
  'postgresql+asyncpg://$(DATABASE_USER):$(DATABASE_PASSWORD)@$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)?ssl=disable';
const environmentFile = (url: string): string => `
version: 1
copy: [.env]
patch: {.env: {DATABASE_URL: $(DATABASE_URL)}}
setup: [node told.cjs setup]
teardown: [node told.cjs teardown]
services: {api: {command: "node told.cjs service"}}
database: {template: shop_template, url: "${url}", migrate: "node told.cjs migrate"}
`;
/** As PostgreSQL's own tools are to read it, too. */
const written = /^postgresql\+asyncpg:\/\/([^:@/]+):([^:@/]+)@127\.0\.0\.1:(\d+)\/(\w+)\?ssl=disable$/;

it('whoever asks for the database by its URL gets that as the file writes it', async () => {
  const world = await CliWorld.create();
  try {
    const file = join(world.repository, 'coppice.yaml');
    await writeFile(join(world.repository, 'told.cjs'), program);
    await writeFile(join(world.repository, '.gitignore'), '.env\n', { flag: 'a' });
    await writeFile(join(world.repository, '.env'), 'DATABASE_URL=postgresql+asyncpg://localhost/of-somebody\n');
    await writeFile(file, environmentFile(form.replace('$(DATABASE_PORT)', '5432')));
    await world.git('add', '-A');
    await world.git('commit', '-m', 'a driver of its own');
    const refused = await world.cli(['create', 'topic', '--from', 'main', '--yes']);
    expect(refused.code).toBe(2);
    expect(messageLines(refused.stderr).join('\n')).toMatch(
      /coppice\.yaml.*database\.url must name \$\(DATABASE_PORT\), or it would lead to another database/s,
    );

    await writeFile(file, environmentFile(form));
    await world.git('commit', '-am', 'with the port');
    await world.json(['create', 'topic', '--from', 'main', '--yes']);
    const told = async (what: string): Promise<(string | undefined)[]> =>
      JSON.parse(await until(() => readFile(join(world.folder, `told-${what}`), 'utf8').catch(() => undefined)));

    const [ofService = ''] = await told('service');
    const [, user, , port, database] = written.exec(ofService) ?? [];
    expect([user, database]).toEqual(['wt_topic', 'wt_topic']);
    const inPod = await world.cli(['exec', 'api', 'topic', '--', 'node', '-p', 'process.env.DATABASE_URL']);
    expect(inPod).toMatchObject({ code: 0, stdout: `${ofService}\n` });
    expect(await readFile(join(world.worktree('topic'), '.env'), 'utf8')).toContain(ofService);

    // The template is another database; what libpq reads is told as ever.
    const [ofMigrate = '', host] = await told('migrate');
    expect(written.exec(ofMigrate)?.slice(3, 4)).toEqual([port]);
    expect([ofMigrate.includes(`/${database ?? ''}?`), host]).toEqual([false, '127.0.0.1']);
    expect((await told('setup'))[0]).toMatch(/^postgresql\+asyncpg:\/\/none:@no-database-yet\.coppice\.invalid:5432\//);

    await world.json(['delete', 'topic', '--yes']);
    expect((await told('teardown'))[0]).toBe(ofService);
  } finally {
    await world.dispose();
  }
}, 180_000);
