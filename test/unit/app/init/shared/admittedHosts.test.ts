import { describe, expect, it } from 'vitest';
import { admittedHosts } from '../../../../../src/app/init/shared/admittedHosts';
import { proposeFor, written } from '../../../../support/proposeFor';

describe('the hosts that a program lets in', () => {
  it.each([
    ['ALLOWED_HOSTS', 'localhost,127.0.0.1', 'localhost,127.0.0.1,.localhost'],
    ['DJANGO_ALLOWED_HOSTS', 'localhost 127.0.0.1', 'localhost 127.0.0.1 .localhost'],
    ['ALLOWED_HOSTS', 'localhost', 'localhost,.localhost'],
    ['ALLOWED_HOSTS', '*', undefined],
    ['ALLOWED_HOSTS', 'shop.example.com', undefined],
    ['ALLOWED_HOSTS', '["localhost"]', undefined],
    ['ALLOWED_HOSTS', 'localhost,.localhost', undefined],
    ['DISALLOWED_HOSTS', 'localhost', undefined],
  ])('have those of environments among them: %s=%s', (variable, value, expected) => {
    expect(admittedHosts(variable, value)).toBe(expected);
  });

  const django = { 'requirements.txt': 'django==5\n', 'manage.py': '' };
  const expected = { env: { ALLOWED_HOSTS: 'localhost,127.0.0.1,.localhost' } };

  it('are found in files of variables that git has', async () => {
    const { services } = await written({ ...django, '.env.example': 'ALLOWED_HOSTS=localhost,127.0.0.1\n' });
    expect(services['web']).toMatchObject(expected);
    const { text } = await proposeFor(
      { ...django, '.env': 'ALLOWED_HOSTS=localhost,canary.internal\n' },
      { ignored: ['.env'] },
    );
    expect(text).not.toContain('canary');
  });

  it('are found in a compose file', async () => {
    for (const service of ['environment: {ALLOWED_HOSTS: "localhost,127.0.0.1"}', 'env_file: own.env']) {
      const { services } = await written({
        ...django,
        Dockerfile: 'FROM python',
        'own.env': 'ALLOWED_HOSTS="localhost,127.0.0.1"\n',
        'compose.yml': `services: {web: {build: ., ports: ["8000:8000"], ${service}}}`,
      });
      expect(services['web']).toMatchObject(expected);
    }
  });
});
