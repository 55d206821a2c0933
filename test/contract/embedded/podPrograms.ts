/** Programs that pods run, by the name of their file. */

export const podPrograms = {
  'server.cjs': `
    const { createServer } = require('node:http');
    const { existsSync } = require('node:fs');
    console.log('listening on', process.env.PORT);
    createServer((request, response) => {
      if (request.url === '/healthz') response.statusCode = existsSync(process.env.NAME + '.sick') ? 500 : 200;
      response.end(JSON.stringify({ pid: process.pid, port: process.env.PORT }));
    }).listen(Number(process.env.PORT), '127.0.0.1');`,
  'env.cjs': `console.log(JSON.stringify({ env: process.env, cwd: process.cwd(), args: process.argv.slice(2), uid: process.getuid(), gid: process.getgid() }));
    setInterval(() => {}, 1000);`,
  'crash.cjs': `console.log('about to fail'); console.error('the reason'); process.exitCode = Number(process.argv[2]);`,
  'signals.cjs': `
    for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => {
      console.log('got ' + name);
      require('node:fs').writeFileSync(process.env.NAME + '.signal', name);
      if (process.argv[2] !== 'stubborn') process.exit(0);
    });
    console.log('pid ' + process.pid);
    setInterval(() => {}, 1000);`,
};
