/**
 * A service that counts visits in its environment's database, in one argument of `node -e` and with nothing but Node.js: an
 * image needs no packages. `POST /visits` counts one more; both ways the answer is the count. It serves nothing until the
 * database has answered once, and ends with the reason when that cannot be reached; with BROKEN it ends at once.
 *
 * What it speaks: PostgreSQL's protocol 3.0 and SCRAM-SHA-256 (RFC 5802), https://www.postgresql.org/docs/18/protocol.html
 */
export const visitsProgram = `
const { BROKEN, PORT, DATABASE_URL, WORKTREE_NAME } = process.env;
if (BROKEN) throw new TypeError('broken on purpose');
const net = require('node:net'), http = require('node:http'), crypto = require('node:crypto');
const url = new URL(DATABASE_URL);
const [user, password, database] = [url.username, url.password, url.pathname.slice(1)].map(decodeURIComponent);
const hmac = (key, text) => crypto.createHmac('sha256', key).update(text).digest();
const int = (number) => { const bytes = Buffer.alloc(4); bytes.writeInt32BE(number); return bytes; };
const query = (sql) => new Promise((resolve, reject) => {
  const socket = net.connect({ host: url.hostname, port: Number(url.port) }).on('error', reject);
  const nonce = crypto.randomBytes(18).toString('base64');
  const send = (type, ...parts) => {
    const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
    socket.write(Buffer.concat([Buffer.from(type), int(body.length + 4), body]));
  };
  const zero = '\\0';
  send('', int(196608), ['user', user, 'database', database, '', ''].join(zero));
  let rest = Buffer.alloc(0), row, asked = false;
  const answers = {
    R: (body) => {
      const kind = body.readInt32BE(0), said = body.subarray(4).toString();
      const first = 'n=*,r=' + nonce;
      if (kind === 10) send('p', 'SCRAM-SHA-256' + zero, int(first.length + 3), 'n,,' + first);
      if (kind !== 11) return;
      const [, r, salt, count] = /^r=(.*),s=(.*),i=([0-9]+)$/.exec(said);
      const key = crypto.pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(count), 32, 'sha256');
      const client = hmac(key, 'Client Key'), end = 'c=biws,r=' + r;
      const stored = crypto.createHash('sha256').update(client).digest();
      const signed = hmac(stored, [first, said, end].join(','));
      send('p', end + ',p=' + Buffer.from(client.map((byte, at) => byte ^ signed[at])).toString('base64'));
    },
    D: (body) => { row = body.subarray(6).toString(); },
    E: (body) => { socket.destroy(); reject(new Error(/\\0M([^\\0]*)/.exec(body.toString())[1])); },
    Z: () => {
      if (asked) return socket.end(), resolve(row);
      asked = true;
      send('Q', sql + zero);
    },
  };
  socket.on('data', (data) => {
    rest = Buffer.concat([rest, data]);
    while (rest.length > 4 && rest.length > rest.readInt32BE(1)) {
      const length = rest.readInt32BE(1) + 1, type = String.fromCharCode(rest[0]);
      if (answers[type]) answers[type](rest.subarray(5, length));
      rest = rest.subarray(length);
    }
  });
});
const server = http.createServer((request, response) => {
  const sql = request.method === 'POST' ? 'UPDATE visits SET count = count + 1 RETURNING count' : 'SELECT count FROM visits';
  query(sql).then((count) => response.end(WORKTREE_NAME + ' ' + count), (error) => response.writeHead(500).end(error.message));
});
query('SELECT count FROM visits').then(() => server.listen(Number(PORT), () => console.log(WORKTREE_NAME + ' counts')));
process.on('SIGTERM', () => process.exit(0));
`
  .split('\n')
  .map((line) => line.trim())
  .join('\n');
