import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readVariables } from '../../../../src/adapters/environmentFile/readVariables';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'coppice-env-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const read = (name = '.env') => readVariables(folder, name, 'services.web.envFile');
const write = (text: string, name = '.env') => writeFile(path.join(folder, name), text);

describe('a dotenv file', () => {
  it('says variables in the ways that people write them', async () => {
    await write(
      [
        '\ufeff# of the app',
        'PLAIN=a b',
        'export EXPORTED=1',
        'EMPTY=',
        "SINGLE='$(PLAIN) \\n'",
        'DOUBLE="two\\nlines" # said',
        'URL=postgres://me:p%40ss@host/db?a=b',
        '',
      ].join('\r\n'),
    );
    expect(await read()).toEqual({
      ...{ PLAIN: 'a b', EXPORTED: '1', EMPTY: '', SINGLE: '$(PLAIN) \\n', DOUBLE: 'two\nlines' },
      URL: 'postgres://me:p%40ss@host/db?a=b',
    });
  });

  it.each([
    ['A=1\nmy-key=secret\n', 'invalidInput', /in which line 2 is not NAME=value\.$/],
    // A key without quotes around it.
    [
      'A=1\nKEY=-----BEGIN KEY-----\nsecretMIIE+x/y\nsecret+ab==\n',
      'invalidInput',
      /in which line [34] is not NAME=value\.$/,
    ],
    ['x'.repeat(300_000), 'invalidInput', /which has 300000 bytes; at most 262144 are read\.$/],
  ])('that is none is refused in one line without a value of it', async (text, code, message) => {
    await write(text);
    const refused = expect(read()).rejects;
    await refused.toMatchObject({ code, message: expect.stringMatching(message) as unknown });
    await expect(read()).rejects.toThrow(/^coppice\.yaml: services\.web\.envFile names "\.env", in which |which has /);
    await expect(read()).rejects.not.toThrow(/secret/);
  });

  it('is one that is there, and the worktree’s own', async () => {
    await expect(read()).rejects.toMatchObject({
      code: 'notConfigured',
      message: `coppice.yaml: services.web.envFile names ".env", which is not in ${folder}.`,
    });
    await mkdir(path.join(folder, 'dir'));
    await expect(read('dir')).rejects.toThrow(/which is no file\.$/);
    const outside = await mkdtemp(path.join(tmpdir(), 'coppice-outside-'));
    await writeFile(path.join(outside, 'keys'), 'A=1');
    await symlink(path.join(outside, 'keys'), path.join(folder, 'link'));
    await expect(read('link')).rejects.toThrow(/which is a link that leads out of the worktree\.$/);
    await rm(outside, { recursive: true });
    await write('A=1', 'real');
    await symlink('real', path.join(folder, 'inside'));
    expect(await read('inside')).toEqual({ A: '1' });
  });
});
