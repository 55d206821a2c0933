import { createServer } from 'node:http';
import { addVisit, countVisits, database, latestNumbers } from './database.js';
import { fibonacci } from './fibonacci.js';
import { answer } from './graphql.js';

const port = Number(process.env.PORT ?? 8000);
const debug = process.env.LOG_LEVEL === 'debug';

const routes = {
  'GET /healthz': async () => {
    await database.query('SELECT 1');
    return { status: 'ok' };
  },
  'GET /api/visits': async () => ({ visits: await countVisits() }),
  'POST /api/visits': async () => ({ visits: await addVisit() }),
  'GET /api/fibonacci': async ({ url }) => {
    const n = Number(url.searchParams.get('n') ?? NaN);
    return { n, value: String(fibonacci(n)) };
  },
  'GET /api/numbers': async () => ({ numbers: await latestNumbers(8) }),
  'GET /api/worktree': async () => ({
    name: process.env.WORKTREE_NAME ?? null,
    branch: process.env.WORKTREE_BRANCH ?? null,
    pid: process.pid,
  }),
  'GET /graphql': async ({ url }) => answer(url.searchParams.get('query')),
  'POST /graphql': async ({ request }) => answer(JSON.parse(await text(request)).query),
};

const server = createServer(async (request, response) => {
  const begin = performance.now();
  const url = new URL(request.url, 'http://localhost');
  const route = routes[`${request.method} ${url.pathname}`];
  let status = 200;
  let body;
  try {
    if (!route) status = 404;
    body = route ? await route({ request, url }) : { error: `there is no ${request.method} ${url.pathname}` };
  } catch (error) {
    status = error instanceof RangeError || error instanceof SyntaxError ? 400 : 500;
    body = { error: error.message };
  }
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
  const probe = url.pathname === '/healthz' && status === 200;
  if (!probe) console.log(`${request.method} ${request.url} ${status} ${(performance.now() - begin).toFixed(1)} ms`);
});

async function text(request) {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > 100_000) throw new RangeError('the request is too large');
  }
  return body;
}

server.listen(port, () => {
  console.log(`backend of ${process.env.WORKTREE_BRANCH ?? 'no worktree'} listens on port ${port}`);
  if (debug) console.log(`Node.js ${process.version}, process ${process.pid}`);
});

process.on('SIGTERM', () => {
  console.log('backend ends');
  process.exit(0);
});
