import pg from 'pg';

const connectionString = process.env.DATABASE_URL;
if (!connectionString) {
  console.error('DATABASE_URL is not set');
  process.exit(1);
}

export const database = new pg.Pool({ connectionString, max: 5 });

// A connection that breaks while it is idle is replaced at the next query.
database.on('error', (error) => console.error(`database: ${error.message}`));

/** Counts a visit and returns how many there are now. */
export async function addVisit() {
  const { rows } = await database.query('UPDATE visits SET count = count + 1 RETURNING count');
  return Number(rows[0].count);
}

export async function countVisits() {
  const { rows } = await database.query('SELECT count FROM visits');
  return Number(rows[0].count);
}

/** The numbers that the worker computed last, the newest first. */
export async function latestNumbers(limit) {
  const { rows } = await database.query(
    'SELECT n, value::text AS value, computed_at FROM numbers ORDER BY n DESC LIMIT $1',
    [limit],
  );
  return rows.map((row) => ({ n: row.n, value: row.value, computedAt: row.computed_at.toISOString() }));
}
