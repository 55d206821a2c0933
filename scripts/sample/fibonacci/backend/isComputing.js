import { database } from './database.js';

// Ends with 0 when the worker computes: a number beyond those of db/seed.js is new.
const { rows } = await database.query(
  "SELECT 1 FROM numbers WHERE n > 9 AND computed_at > now() - interval '10 seconds' LIMIT 1",
);
if (rows.length === 0) console.error('the worker has computed no number in the last 10 seconds');
process.exit(rows.length === 0 ? 1 : 0);
