/** Where migrating tools keep what they read, beneath the folder that they are run in. */
export const knownInputs: readonly string[] = [
  // Drizzle
  ...['drizzle', 'drizzle.config.{js,ts,mjs,cjs,json}'],
  // Prisma
  ...['prisma/migrations', 'prisma/schema.prisma', 'prisma/schema', 'prisma/sql', 'prisma/seed*', 'prisma.config.*'],
  // Knex, Sequelize, TypeORM, node-pg-migrate, Flask-Migrate, golang-migrate, goose, dbmate, sqlx, Diesel
  ...['migrations', 'seeds', 'seeders', 'knexfile.*', 'src/migrations', 'src/db/migrations', 'src/database/migrations'],
  ...['db/migrations', 'db/seeds', 'db/seed*', 'db/*.sql', 'sql'],
  // Rails, ActiveRecord
  ...['db/migrate', 'db/schema.rb', 'db/structure.sql', 'db/seeds.rb'],
  // Laravel
  ...['database/migrations', 'database/seeds', 'database/seeders', 'database/factories'],
  // Alembic, Django
  ...['alembic.ini', 'alembic', '*/migrations/*.py', '*/*/migrations/*.py'],
  // Ecto
  ...['priv/repo'],
  // Flyway, Liquibase
  ...['src/main/resources/db', 'flyway.{conf,toml}'],
  // Supabase
  ...['supabase/migrations', 'supabase/seed.sql', 'supabase/seeds'],
];

/** Those of them that are there to fill tables with rows. */
const filling = /(?:^|\/)(?:seeds?|seeders|factories)(?:[*.]|$)/;

/** Without what fills tables with rows. */
export const knownMigrationInputs: readonly string[] = knownInputs.filter((input) => !filling.test(input));
