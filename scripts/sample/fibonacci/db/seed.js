import pg from 'pg';

// The first ten fibonacci numbers, from which the worker goes on.
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
try {
  for (const [n, value] of [0, 1, 1, 2, 3, 5, 8, 13, 21, 34].entries()) {
    await client.query('INSERT INTO numbers (n, value) VALUES ($1, $2) ON CONFLICT DO NOTHING', [n, value]);
  }
  console.log('seeded the first ten numbers');
} finally {
  await client.end();
}
