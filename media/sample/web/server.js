import { createServer } from 'node:http';

const port = Number(process.env.PORT ?? 3000);
const api = `http://${process.env.API_SERVICE_HOST}:${process.env.API_SERVICE_PORT}/api/hello`;

/** Each branch has a colour of its own, so that two pages side by side are told apart. */
const hue = [...(process.env.WORKTREE_BRANCH ?? '')].reduce(
  (sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360,
  7,
);

const page = ({ text, visits }) => `<!doctype html>
<meta charset="utf-8">
<title>${escapeHtml(text)}</title>
<style>
  body { font: 1.5rem system-ui; display: grid; place-content: center; height: 90vh; background: hsl(${hue} 60% 94%); }
  h1 { color: hsl(${hue} 70% 30%); }
</style>
<h1>${escapeHtml(text)}</h1>
<p>Visit ${Number(visits)} of this environment. Nobody else counts here.</p>
`;

const server = createServer(async (request, response) => {
  if (request.url !== '/') return response.writeHead(404).end('There is only one page here: /\n');
  try {
    const said = await (await fetch(api, { signal: AbortSignal.timeout(2000) })).json();
    return response.setHeader('content-type', 'text/html; charset=utf-8').end(page(said));
  } catch (error) {
    return response.writeHead(502).end(`The API does not answer: ${error.message}\n`);
  }
});

function escapeHtml(text) {
  return String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

server.listen(port, process.env.HOST, () => console.log(`web listens on port ${port}`));
process.on('SIGTERM', () => process.exit(0));
