import type { QueryRows } from '../../core/ports/databaseQueries';
import { AppError } from '../../core/errors';
import { plural } from '../../core/text/plural';
import { digest } from './digest';
import type { EnvironmentTool, ToolPorts } from './environmentTool';

const columnsOf = `
  SELECT table_schema, table_name, column_name, data_type, is_nullable
  FROM information_schema.columns
  WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
  ORDER BY table_schema, table_name, ordinal_position`;

/** What an agent reads of its environment's database, with the rights of its role. */
export function databaseAgentTools({
  databases,
  kept,
}: Pick<ToolPorts, 'databases' | 'kept'>): readonly EnvironmentTool[] {
  const tell = async ({ rows }: QueryRows, folder: string, table: string | undefined): Promise<string> => {
    const tables = new Map<string, string[]>();
    for (const [schema, name, column, type, nullable] of rows) {
      const full = schema === 'public' ? String(name) : `${schema}.${name}`;
      const columns = tables.get(full) ?? [];
      columns.push(`${column} ${type}${nullable === 'NO' ? ' not null' : ''}`);
      tables.set(full, columns);
    }
    const whole = [...tables].flatMap(([name, columns]) => [name, ...columns.map((column) => `  ${column}`)]);
    const file = await kept.keep(folder, 'schema', whole);
    if (table === undefined) {
      const told = [...tables].map(([name, columns]) => `${name} (${plural(columns.length, 'column')})`);
      return digest(tables.size === 0 ? ['The database has no tables.'] : told, file);
    }
    const columns = tables.get(table.replace(/^public\./, ''));
    if (columns) return digest(columns, file);
    const known = [...tables.keys()].slice(0, 40).join(', ');
    throw new AppError('notFound', `There is no table ${JSON.stringify(table)}. There are: ${known}.`);
  };
  return [
    {
      name: 'query',
      description:
        "One SQL statement that only reads, on this environment's own database (PostgreSQL, READ ONLY, 5 s). Without sql its tables; with table, the columns of one.",
      takes: {
        sql: { type: 'string', description: 'a statement' },
        table: { type: 'string', description: 'name or schema.name' },
      },
      changes: false,
      answer: async ({ sql, table }, { folder, run }) => {
        if (sql !== undefined && table !== undefined)
          throw new AppError('invalidInput', '"sql" and "table" are two questions: ask one.');
        if (sql === undefined)
          return tell(await databases.query({ folder, sql: columnsOf }, run), folder, table as string | undefined);
        const read = await databases.query({ folder, sql: String(sql) }, run);
        const lines = rowLines(read);
        return digest([rowCount(read), ...lines], await kept.keep(folder, 'query', lines));
      },
    },
  ];
}

function rowCount({ rows, isCut }: QueryRows): string {
  return isCut ? `The first ${plural(rows.length, 'row')}, there are more:` : `${plural(rows.length, 'row')}:`;
}

/** Tabs between cells, as COPY writes them: a cell stays on its line. */
function rowLines({ columns, rows }: QueryRows): string[] {
  const cell = (value: string | null): string =>
    value === null
      ? '\\N'
      : value.replace(
          /[\\\t\n\r]/g,
          (found) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[found] ?? found,
        );
  return [columns.join('\t'), ...rows.map((row) => row.map(cell).join('\t'))];
}
