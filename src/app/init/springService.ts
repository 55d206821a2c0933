import { has, textOf, type RepositoryFacts } from './facts';
import type { Candidate } from './shared/candidate';
import { databaseForm } from './shared/databaseAddress';
import { inFolderCommand } from './shared/inFolderCommand';
import { baseName } from './shared/paths';

interface SpringService {
  readonly candidate: Candidate;
  readonly setup: readonly (string | readonly string[])[];
}

type Build = 'pom.xml' | 'build.gradle' | 'build.gradle.kts';

/** What a build says of the server that it makes; undefined: it is none of Spring Boot. Seen with Spring Boot 4.0. */
export function springService(facts: RepositoryFacts, folder: string, file: Build): SpringService | undefined {
  const text = textOf(facts, folder, file) ?? '';
  if (!text.includes('spring-boot')) return undefined;
  // A project of projects is run by its parts.
  if (/<packaging>pom<\/packaging>/.test(text)) return undefined;
  const isMaven = file === 'pom.xml';
  // It may be built by both: then it is one application all the same.
  if (!isMaven && (textOf(facts, folder, 'pom.xml') ?? '').includes('spring-boot')) return undefined;
  if (file === 'build.gradle.kts' && has(facts, folder, 'build.gradle')) return undefined;
  const own = isMaven
    ? has(facts, folder, 'mvnw')
      ? './mvnw'
      : 'mvn'
    : has(facts, folder, 'gradlew')
      ? './gradlew'
      : 'gradle';
  const command = isMaven
    ? `${own} -q spring-boot:run -Dspring-boot.run.arguments=--server.port=$(PORT)`
    : `${own} bootRun --args=--server.port=$(PORT)`;
  const health = text.includes('spring-boot-starter-actuator') ? { health: '/actuator/health' } : {};
  const env = environment(facts, folder, text);
  return {
    candidate: {
      ...{ name: folder === '.' ? 'web' : baseName(folder), folder, role: 'web', kind: 'Spring Boot', port: 8080 },
      ...{ command, ...health, ...(Object.keys(env).length === 0 ? {} : { env }) },
    },
    // As for Go: the first time it downloads for minutes. spring-boot:run compiles what tests need as well.
    setup: [inFolderCommand(folder, isMaven ? `${own} -B test-compile` : `${own} classes`)],
  };
}

/**
 * Whether an application of Spring Boot has PostgreSQL while people develop: its configuration says so, or it starts the containers of its
 * compose file by itself and takes their addresses (docs.spring.io/spring-boot/how-to/docker-compose.html).
 */
export function springDatabase(facts: RepositoryFacts, folder: string): string | undefined {
  const file = ['pom.xml', 'build.gradle', 'build.gradle.kts'].find((name) =>
    /\borg\.postgresql\b/.test(textOf(facts, folder, name) ?? ''),
  );
  if (file === undefined || !textOf(facts, folder, file)?.includes('spring-boot')) return undefined;
  const said = dataSource(facts, folder);
  const isIts =
    said === undefined ? startsContainers(textOf(facts, folder, file) ?? '') : databaseForm(said) !== undefined;
  return isIts ? `org.postgresql in ${folder === '.' ? '' : `${folder}/`}${file}` : undefined;
}

/** A variable stands before what the configuration says (docs.spring.io/spring-boot/reference/features/external-config.html). */
function environment(facts: RepositoryFacts, folder: string, text: string): Record<string, string> {
  return {
    // Containers of one machine would be all worktrees'.
    ...(startsContainers(text) ? { SPRING_DOCKER_COMPOSE_ENABLED: 'false' } : {}),
    ...(springDatabase(facts, folder) === undefined
      ? {}
      : {
          SPRING_DATASOURCE_URL: databaseForm('jdbc:postgresql://') ?? '',
          SPRING_DATASOURCE_USERNAME: '$(DATABASE_USER)',
          SPRING_DATASOURCE_PASSWORD: '$(DATABASE_PASSWORD)',
        }),
  };
}

/** Of tests it is no matter here. */
function startsContainers(text: string): boolean {
  const name = 'spring-boot-docker-compose';
  const ofMaven = text.split('<dependency>').filter((each) => each.includes(`<artifactId>${name}<`));
  if (ofMaven.some((each) => !/<scope>\s*test\s*</.test(each.slice(0, each.indexOf('</dependency>'))))) return true;
  return text.split('\n').some((line) => line.includes(`:${name}`) && !/^\s*(?:\/\/|testI)/.test(line));
}

/** The address that its configuration names without a profile; where a variable stands before it, what stands for that. */
function dataSource(facts: RepositoryFacts, folder: string): string | undefined {
  const place = 'src/main/resources/application';
  const properties = textOf(facts, folder, `${place}.properties`) ?? '';
  const yaml = [textOf(facts, folder, `${place}.yml`), textOf(facts, folder, `${place}.yaml`)].join('\n');
  const [, value] =
    /^[ \t]*spring\.datasource\.url[ \t]*[=:][ \t]*(\S+)/m.exec(properties) ??
    /^[ \t]*datasource:[ \t]*\n(?:[ \t][^\n]*\n)*?[ \t]+url:[ \t]*["']?([^\s"']+)/m.exec(yaml) ??
    [];
  return value?.replace(/^\$\{[\w.-]+:/, '');
}
