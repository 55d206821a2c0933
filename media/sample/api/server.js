import { createServer } from 'node:http';
import { greeting } from './greeting.js';

const port = Number(process.env.PORT ?? 8000);
const branch = process.env.WORKTREE_BRANCH ?? 'no branch';
let visits = 0;

const server = createServer((request, response) => {
  if (request.url === '/api/healthz') return response.end('ok');
  visits += 1;
  console.log(`visit ${visits}`);
  response.setHeader('content-type', 'application/json');
  return response.end(JSON.stringify({ text: `${greeting} ${branch}`, visits }));
});

server.listen(port, process.env.HOST, () => console.log(`api of ${branch} listens on port ${port}`));
process.on('SIGTERM', () => process.exit(0));
