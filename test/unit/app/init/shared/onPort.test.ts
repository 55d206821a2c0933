import { describe, expect, it } from 'vitest';
import { onPort } from '../../../../../src/app/init/shared/onPort';

const told = (command: string): string => onPort(command.split(' '), 8000).join(' ');

describe('a command listens on the port of its environment', () => {
  it.each([
    ['node web.js --port 8000', 'node web.js --port $(PORT)'],
    ['celery flower --port=8000', 'celery flower --port=$(PORT)'],
    ['uvicorn main:app --host 0.0.0.0', 'uvicorn main:app --host 0.0.0.0 --port $(PORT)'],
    ['uv run fastapi dev --host 0.0.0.0', 'uv run fastapi dev --host 0.0.0.0 --port $(PORT)'],
    ['python3 -m flask --app shop run --debug', 'python3 -m flask --app shop run --debug --port $(PORT)'],
    ['poetry run python -m hypercorn shop:app', 'poetry run python -m hypercorn shop:app --bind 127.0.0.1:$(PORT)'],
    ['python manage.py runserver', 'python manage.py runserver $(PORT)'],
    ['python src/manage.py runserver --insecure', 'python src/manage.py runserver --insecure $(PORT)'],
    ['npx vite --host', 'npx vite --host --port $(PORT) --strictPort'],
    ['streamlit run app.py', 'streamlit run app.py --server.port $(PORT)'],
  ])('%s', (command, expected) => expect(told(command)).toBe(expected));

  it.each([
    'node web.js',
    'uvicorn main:app --port 9000',
    'uvicorn main:app --uds /run/app',
    'flask routes',
    'vite build',
    'python manage.py migrate',
    'python manage.py runserver 0.0.0.0:9000',
    'celery -A worker worker',
  ])('%s stays as it is', (command) => expect(told(command)).toBe(command));

  it('in what a shell runs last, and nowhere else', () => {
    const inShell = (text: string) => onPort(['sh', '-c', text], 8000)[2];
    expect(inShell('alembic upgrade head && exec uvicorn main:app')).toBe(
      'alembic upgrade head && exec uvicorn main:app --port $(PORT)',
    );
    for (const text of ['uvicorn main:app & wait', 'uvicorn main:app && true', 'uvicorn main:app | tee log'])
      expect(inShell(text)).toBe(text);
  });

  it('where it has one', () => expect(onPort(['uvicorn', 'main:app'], undefined)).toEqual(['uvicorn', 'main:app']));
});
