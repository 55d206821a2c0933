import { expect, it } from 'vitest';
import { proposeFor, written } from '../../../support/proposeFor';

it('a program that is built on a framework is started by the script that people develop by', async () => {
  const files = {
    'package.json': '{"scripts": {"dev": "keystone dev"}, "dependencies": {"@keystone-6/core": "8", "next": "16"}}',
  };
  expect((await written(files)).services['web']).toMatchObject({ command: 'npm run dev', port: 3000, routes: ['/'] });
  expect((await proposeFor(files)).guesses).toContainEqual({
    path: 'services.web.port',
    text: 'the program of its script "dev" is not known; let it listen on process.env.PORT',
  });
});

it('without such a script it is the framework itself', async () => {
  const files = { 'package.json': '{"dependencies": {"next": "16"}}' };
  expect((await written(files)).services['web']).toMatchObject({ command: 'npx next dev' });
});
