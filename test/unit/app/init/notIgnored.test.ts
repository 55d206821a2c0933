import { expect, it } from 'vitest';
import { proposeFor } from '../../../support/proposeFor';

it.each([
  ['', ['app/.gitignore']],
  ['.venv\n', []],
  ['**/.venv/\n', []],
  ['venv\n', ['app/.gitignore']],
  ['.env\n', ['app/.gitignore']],
])('tells where git does not ignore what an install of Python leaves: %j', async (gitignore, files) => {
  const { leftOut } = await proposeFor({
    'app/requirements.txt': 'django==5\n',
    'app/manage.py': '',
    '.gitignore': gitignore,
  });
  expect(leftOut.filter(({ path }) => path === '.venv').map(({ file }) => file)).toEqual(files);
});
