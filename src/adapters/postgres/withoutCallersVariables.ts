import { databaseVariables } from '../exec/databaseVariables';

/**
 * Calls work that must not find what the calling shell says of databases. It is over when this returns, so that nothing else
 * in this process, which may be others' as well, sees them missing.
 */
export function withoutCallersVariables<T>(work: () => T): T {
  const hidden = Object.entries(process.env).filter(([name]) => databaseVariables.test(name));
  for (const [name] of hidden) Reflect.deleteProperty(process.env, name);
  try {
    return work();
  } finally {
    for (const [name, value] of hidden) process.env[name] = value;
  }
}
