import { database } from './database.js';

// Computes one fibonacci number after the other into the database, and starts over at the thousandth.
const interval = Number(process.env.WORKER_INTERVAL_MS ?? 3000);

async function computeNext() {
  const { rows } = await database.query('SELECT n, value::text AS value FROM numbers ORDER BY n DESC LIMIT 2');
  const [last, previous] = rows;
  if (!previous) throw new Error('there are no numbers to go on from: run db/seed.js');
  if (last.n >= 1000) {
    await database.query('DELETE FROM numbers WHERE n > 9');
    return console.log('fibonacci(1000) is reached: starting over');
  }
  const n = last.n + 1;
  const value = BigInt(last.value) + BigInt(previous.value);
  await database.query('INSERT INTO numbers (n, value) VALUES ($1, $2) ON CONFLICT DO NOTHING', [n, String(value)]);
  console.log(`fibonacci(${n}) = ${value}`);
}

console.log(`worker of ${process.env.WORKTREE_BRANCH ?? 'no worktree'} computes a number every ${interval / 1000} s`);

process.on('SIGTERM', () => {
  console.log('worker ends');
  process.exit(0);
});

for (;;) {
  await computeNext();
  await new Promise((done) => setTimeout(done, interval));
}
