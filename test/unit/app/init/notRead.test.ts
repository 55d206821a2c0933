import { describe, expect, it } from 'vitest';
import { proposeFor } from '../../../support/proposeFor';

const site = { 'web/package.json': '{"scripts": {"dev": "vite"}, "devDependencies": {"vite": "8"}}' };
const leftOf = async (files: Readonly<Record<string, string>>): Promise<Record<string, string>> => {
  const { leftOut } = await proposeFor({ ...site, '.gitignore': 'node_modules', ...files });
  return Object.fromEntries(leftOut.map(({ file, path, reason }) => [path === '' ? file : `${file} ${path}`, reason]));
};

describe('an image of a folder in which nothing that starts was found', () => {
  const mail = 'FROM python:3\nENTRYPOINT ["python", "mail_server.py"]\n';

  it('is told, with what it runs', async () => {
    const files = { 'src/mail/go.mod': '', 'deploy/Dockerfile': mail, 'web/Dockerfile': 'FROM node' };
    expect(await leftOf({ ...files, 'src/mail/Dockerfile': mail })).toEqual({
      'src/mail/Dockerfile':
        'no service was found in its folder; its image runs "python mail_server.py": where it is one, write it',
    });
  });

  it('is told without a command that says nothing, or that is long', async () => {
    const reason = 'no service was found in its folder: where it is one, write it';
    const files = { 'a/go.mod': '', 'a/Dockerfile': 'FROM x', 'b/go.mod': '' };
    expect(await leftOf({ ...files, 'b/Dockerfile': `FROM x\nCMD ${'run '.repeat(30)}` })).toEqual({
      'a/Dockerfile': reason,
      'b/Dockerfile': reason,
    });
  });

  it('is not told of examples, of what stands around a service, nor where a compose file says what is started', async () => {
    expect(
      await leftOf({ 'examples/mail/go.mod': '', 'examples/mail/Dockerfile': mail, '.devcontainer/Dockerfile': mail }),
    ).toEqual({});
    expect(
      await leftOf({ 'shop/Gemfile': '', 'shop/Dockerfile': mail, 'shop/web/package.json': site['web/package.json'] }),
    ).toEqual({});
    const compose = { 'compose.yaml': 'services: {cache: {image: redis}}' };
    expect(await leftOf({ ...compose, 'src/mail/go.mod': '', 'src/mail/Dockerfile': mail })).not.toHaveProperty(
      'src/mail/Dockerfile',
    );
  });
});

it('what starts services and tasks by other tools is named', async () => {
  const host = '<Project Sdk="Microsoft.NET.Sdk"><Sdk Name="Aspire.AppHost.Sdk" Version="13" /></Project>';
  const files = {
    ...{ Tiltfile: '', 'skaffold.yaml': '', 'src/Host/Host.csproj': host },
    ...{ Justfile: '', 'devbox.json': '{}', '.sdkmanrc': '', Makefile: 'dev:\n\trun\nlint:\n\tlint\n' },
  };
  expect(await leftOf(files)).toEqual({
    ...Object.fromEntries(
      ['Tiltfile', 'skaffold.yaml', 'src/Host/Host.csproj'].map((file) => [
        file,
        'is not read: what it starts beside these services belongs into services or uses, and what it tells them into their env',
      ]),
    ),
    Justfile: 'what it does is not read; what must run first belongs into setup',
    'Makefile dev': 'what targets do is not read; one that must run first belongs into setup',
    ...Object.fromEntries(
      ['devbox.json', '.sdkmanrc'].map((file) => [
        file,
        'services run with the programs on your PATH: let your version manager put these there',
      ]),
    ),
  });
});
