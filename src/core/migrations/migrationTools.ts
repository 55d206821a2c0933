import { alembic } from './alembic';
import { dbmate } from './dbmate';
import { django } from './django';
import { drizzle } from './drizzle';
import { goose } from './goose';
import { knex } from './knex';
import { kysely } from './kysely';
import { mikroOrm } from './mikroOrm';
import type { MigrationTool } from './migrationTool';
import { nodePgMigrate } from './nodePgMigrate';
import { prisma } from './prisma';
import { sequelize } from './sequelize';
import { typeorm } from './typeorm';
import { umzug } from './umzug';

/** Those whose files and tables are known: each was read in its own source, which its row names. */
export const migrationTools: readonly MigrationTool[] = [
  ...[drizzle, prisma, knex, nodePgMigrate, kysely, typeorm, sequelize, mikroOrm, umzug],
  ...[dbmate, goose, alembic, django],
];
