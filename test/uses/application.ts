/** Variables of `uses` that the application is told by, which calls its service `store`. */
const clients: Readonly<Record<string, string>> = {
  redis: `
    const open = async (work) => {
      const client = await use('redis').createClient({ url: process.env.STORE_URL }).connect();
      try { return await work(client); } finally { client.destroy(); }
    };
    module.exports = { add: () => open((client) => client.incr('n')), count: () => open((client) => client.get('n')) };`,
  memcached: `
    const open = async (work) => {
      const client = use('memjs').Client.create(process.env.STORE_SERVERS);
      try { return await work(client); } finally { client.close(); }
    };
    module.exports = {
      add: () => open((client) => client.increment('n', 1, { initial: 1 })),
      count: () => open(async (client) => (await client.get('n')).value?.toString()),
    };`,
  nats: `
    const open = async (work) => {
      const connection = await use('nats').connect({ servers: process.env.NATS_URL });
      try { return await work(connection.jetstream(), await connection.jetstreamManager()); } finally { await connection.close(); }
    };
    module.exports = {
      add: () => open(async (stream, manager) => {
        await manager.streams.add({ name: 'S', subjects: ['s'] });
        await stream.publish('s');
      }),
      count: () => open((_, manager) => manager.streams.info('S').then((info) => info.state.messages, () => 0)),
    };`,
  mysql: `
    const open = async (work) => {
      const connection = await use('mysql2/promise').createConnection(process.env.DATABASE_URL);
      try { return await work(connection); } finally { connection.destroy(); }
    };
    module.exports = {
      add: () => open(async (connection) => {
        await connection.query('CREATE TABLE IF NOT EXISTS t (n int)');
        await connection.query('INSERT INTO t VALUES (1)');
      }),
      count: () => open((connection) => connection.query('SELECT count(*) AS n FROM t').then(([[{ n }]]) => n, (error) => {
        if (error.code !== 'ER_NO_SUCH_TABLE') throw error;
        return 0;
      })),
    };`,
  rabbitmq: `
    const open = async (work) => {
      const connection = await use('amqplib').connect(process.env.RABBITMQ_URL);
      connection.on('error', () => undefined);
      try { return await work(await connection.createConfirmChannel()); } finally { await connection.close().catch(() => undefined); }
    };
    module.exports = {
      add: () => open(async (channel) => {
        await channel.assertQueue('jobs', { durable: true });
        channel.sendToQueue('jobs', Buffer.from('x'), { persistent: true });
        await channel.waitForConfirms();
      }),
      count: () => open(async (channel) => {
        channel.on('error', () => undefined);
        return channel.checkQueue('jobs').then((queue) => queue.messageCount, (error) => {
          if (error.code !== 404) throw error;
          return 0;
        });
      }),
    };`,
  mailpit: `
    const page = (path) => new Promise((resolve, reject) => {
      const [host, port] = new URL(process.env.COPPICE_URL).host.split(':');
      const headers = { host: 'store.' + host };
      require('node:http').get({ host: '127.0.0.1', port, path, headers }, (answer) => {
        let text = '';
        answer.on('data', (more) => (text += more)).on('end', () => resolve(JSON.parse(text)));
      }).on('error', reject);
    });
    module.exports = {
      add: () => use('nodemailer').createTransport(process.env.SMTP_URL).sendMail({ from: 'a@x.test', to: 'b@x.test', text: 'x' }),
      count: () => page('/api/v1/messages').then(({ total }) => total),
    };`,
};

const speaks: Readonly<Record<string, string>> = { valkey: 'redis', mariadb: 'mysql' };

/**
 * An application that counts in what its environment uses, by a client that many have: /add adds one, and / says how many there are.
 *
 * @param modules a folder with node_modules, in which the client is
 */
export function application(tool: string, modules: string): string {
  return `${client(tool, modules)}
require('node:http').createServer((request, response) => {
  Promise.resolve(request.url === '/add' ? add() : undefined).then(count).then(
    (number) => response.end(String(Number(number ?? 0))),
    (error) => response.writeHead(500).end(String(error.stack ?? error)),
  );
}).listen(process.env.PORT, '127.0.0.1');
`;
}

/** A program that adds one to what is told it, and a letter to a file. */
export function filler(tool: string, modules: string, log: string): string {
  return `${client(tool, modules)}
add().then(
  () => require('node:fs').appendFileSync(${JSON.stringify(log)}, 'x'),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
`;
}

function client(tool: string, modules: string): string {
  return `
const use = require('node:module').createRequire(${JSON.stringify(`${modules}/`)});
const kind = {};
((module) => {${clients[speaks[tool] ?? tool] ?? ''}
})(kind);
const { add, count } = kind.exports;`;
}
