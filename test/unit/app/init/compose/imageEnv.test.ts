import { expect, it } from 'vitest';
import { written } from '../../../../support/proposeFor';

it('a program that only the Dockerfile names is told what its image tells it, as far as that is meant for a process here', async () => {
  const { services } = await written({
    'compose.yml': 'services: {web: {build: web, ports: ["80:8000"], environment: {LEVEL: debug}}}',
    'web/Dockerfile': [
      'FROM python AS base',
      'ENV FLASK_APP=hello.py FLASK_RUN_PORT=8000 \\',
      '    FLASK_RUN_HOST=0.0.0.0',
      'FROM base',
      'ENV FLASK_ENV production',
      'ENV TITLE="two words" PATH=/app/bin:$PATH CONFIG=/etc/shop LEVEL=info PYTHON_VERSION=3.12 PORT=1',
      'CMD ["flask", "run"]',
    ].join('\n'),
    'web/requirements.txt': 'flask\n',
    'web/hello.py': 'server = Flask(__name__)',
  });
  expect(services['web']).toMatchObject({
    command: ['.venv/bin/flask', 'run'],
    env: { FLASK_APP: 'hello.py', FLASK_RUN_PORT: '$(PORT)', TITLE: 'two words', LEVEL: 'debug' },
  });
  expect(Object.keys(services['web']?.['env'] ?? {})).toHaveLength(4);
});
