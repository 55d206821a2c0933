import { createHash } from 'node:crypto';
import { AppError } from '../../core/errors';
import type { Owner } from '../../core/model';
import type { Databases, RecipeAge, RecipeAges, TemplateRequest } from '../../core/ports/databases';
import { buildTemplate } from './buildTemplate';
import { readDatabase, type CatalogDatabase } from './catalog';
import { endSessions } from './endSessions';
import { dropLeftovers } from './leftovers';
import {
  assertEnvironmentName,
  assertTemplateName,
  identifier,
  isMarkOf,
  makingHash,
  unfinishedMigration,
  writeMark,
  type Mark,
} from './ownership';
import { presentDatabase } from './presentDatabase';
import type { ServerSessions } from './serverSessions';
import type { Session } from './session';

/** As the port says it. */
export async function ensureTemplate(
  sessions: ServerSessions,
  request: TemplateRequest & { readonly anew?: boolean },
  build: (url: string, signal?: AbortSignal) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<{ readonly name: string; readonly built: boolean }> {
  const { repositoryId } = request;
  assertTemplateName(request.name);
  const recipe = sha256(request.recipe);
  const migrates = request.migrates === undefined ? undefined : sha256(request.migrates);
  const doing = `Prepare the template database ${request.name}`;
  const isCurrent = ({ found }: { readonly found: CatalogDatabase | undefined }): boolean =>
    found?.mark?.kind === 'template' && found.mark.recipe === recipe && found.isTemplate && found.isValid;

  const present = await sessions.open(doing, signal, (session) => findTemplate(session, request.name, repositoryId));
  if (isCurrent(present) && !request.anew) return { name: present.name, built: false };
  // By the plain name: two repositories that want the same one agree on who gets it.
  const hash = makingHash('template', request.name);
  return sessions.locked(doing, hash, signal, async (session, connection) => {
    await dropLeftovers(session);
    const place = await findTemplate(session, request.name, repositoryId);
    // Whoever had the lock before may have built it just now: asked for anew, that is not what was asked for.
    if (isCurrent(place) && !request.anew) return { name: place.name, built: false };
    await buildTemplate(connection, session, { name: place.name, repositoryId, recipe, migrates, hash }, build, signal);
    await dropLeftovers(session);
    return { name: place.name, built: true };
  });
}

/** @param of undefined: only the template is asked about */
export async function readAges(
  session: Session,
  { name, repositoryId, recipe }: TemplateRequest,
  of: Parameters<Databases['ages']>[1],
  signal: AbortSignal,
): Promise<RecipeAges> {
  const template = (await findTemplate(session, name, repositoryId)).found?.mark;
  const database = of && (await readDatabase(session, of.database, signal))?.mark;
  const isOwn = of !== undefined && isMarkOf(database, of.owner);
  return { template: ageOf(template, [recipe]), database: isOwn ? ageOf(database, [of.migrates, of.recipe]) : 'none' };
}

export async function isUnmigrated(
  session: Session,
  { database, owner }: { readonly database: string; readonly owner: Owner },
  signal: AbortSignal,
): Promise<boolean> {
  const mark = (await readDatabase(session, database, signal))?.mark;
  return mark?.kind === 'environment' && isMarkOf(mark, owner) && mark.migrated === unfinishedMigration;
}

/** As the port says it. */
export function noteMigrated(
  sessions: ServerSessions,
  { recipe, isAlone = false, ...of }: Parameters<Databases['noteMigrated']>[0],
  signal: AbortSignal | undefined,
): Promise<void> {
  assertEnvironmentName(of.database);
  assertEnvironmentName(of.role);
  const doing = `Note how far the database ${of.database} is`;
  return sessions.locked(doing, makingHash('database', of.database), signal, async (session) => {
    const { mark } = await presentDatabase(session, of);
    if (isAlone && mark.migrated === unfinishedMigration)
      await endSessions(session, of.database, { role: of.role, signal });
    const migrated = recipe === undefined ? unfinishedMigration : sha256(recipe);
    await session.query(`COMMENT ON ROLE ${identifier(of.role)} IS ${writeMark({ ...mark, migrated })}`, [], signal);
  });
}

/** The name that the repository's template has, or gets: the plain one unless somebody else has it. @throws conflict */
export async function findTemplate(
  session: Session,
  plain: string,
  repositoryId: string,
): Promise<{ readonly name: string; readonly found: CatalogDatabase | undefined }> {
  const suffix = `_${sha256(repositoryId).slice(0, 6)}`;
  for (const name of [plain, plain.slice(0, 63 - suffix.length) + suffix]) {
    const found = await readDatabase(session, name);
    if (!found || (found.mark?.kind === 'template' && found.mark.repositoryId === repositoryId)) return { name, found };
  }
  throw new AppError('conflict', `The database names ${plain} and ${plain}${suffix} both belong to somebody else.`, {
    explanation: 'Choose another name for database.template in coppice.yaml.',
  });
}

/** @param by any of them is what it was made by: an older Coppice noted the whole recipe of what it migrated */
function ageOf(mark: Mark | undefined, by: readonly (string | undefined)[]): RecipeAge {
  const made = (mark?.kind === 'environment' ? mark.migrated : undefined) ?? mark?.recipe;
  if (made === undefined) return 'none';
  return by.some((each) => each !== undefined && made === sha256(each)) ? 'current' : 'older';
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
