import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const port = Number(process.env.PORT ?? 3000);
const name = process.env.WORKTREE_NAME ?? 'no worktree';
const branch = process.env.WORKTREE_BRANCH ?? 'no branch';
const backend = process.env.BACKEND_SERVICE_HOST
  ? `http://${process.env.BACKEND_SERVICE_HOST}:${process.env.BACKEND_SERVICE_PORT}`
  : 'http://backend:8000';
const page = new URL('page.html', import.meta.url);

/** Counts this visit in the environment's database. Null when the backend does not answer: the page says so. */
async function countVisit() {
  try {
    const answer = await fetch(`${backend}/api/visits`, { method: 'POST', signal: AbortSignal.timeout(2000) });
    return answer.ok ? (await answer.json()).visits : null;
  } catch {
    return null;
  }
}

function escapeHtml(text) {
  return String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname !== '/' || !['GET', 'HEAD'].includes(request.method)) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('There is only one page here: /\n');
    console.log(`${request.method} ${request.url} 404`);
    return;
  }
  const probe = request.method === 'HEAD' || /^kube-probe\//.test(request.headers['user-agent'] ?? '');
  const visits = probe ? null : await countVisit();
  const values = {
    name,
    branch,
    visits: visits ?? '–',
    problem: visits === null ? 'The backend does not answer.' : '',
  };
  const html = (await readFile(page, 'utf8')).replace(/\{\{(\w+)\}\}/g, (_, key) => escapeHtml(values[key] ?? ''));
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(html);
  if (!probe) console.log(`${request.method} / 200, visit ${visits ?? 'not counted: the backend does not answer'}`);
});

server.listen(port, () => console.log(`frontend of ${branch} listens on port ${port}`));

process.on('SIGTERM', () => {
  console.log('frontend ends');
  process.exit(0);
});
