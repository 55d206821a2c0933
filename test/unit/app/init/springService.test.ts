import { describe, expect, it } from 'vitest';
import { written } from '../../../support/proposeFor';

const dependency = (name: string, scope = 'runtime'): string =>
  `<dependency><groupId>x</groupId><artifactId>${name}</artifactId><scope>${scope}</scope></dependency>`;
const pom = (...dependencies: readonly string[]): string =>
  `<parent><artifactId>spring-boot-starter-parent</artifactId></parent>${dependencies.join('')}<groupId>org.postgresql</groupId>`;
const told = {
  SPRING_DATASOURCE_URL: 'jdbc:postgresql://$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)',
  SPRING_DATASOURCE_USERNAME: '$(DATABASE_USER)',
  SPRING_DATASOURCE_PASSWORD: '$(DATABASE_PASSWORD)',
};
const resources = 'src/main/resources/application';

describe('an application of Spring Boot', () => {
  it.each([
    [`${resources}.properties`, 'server.port=1\nspring.datasource.url=jdbc:postgresql://localhost:5432/shop'],
    [`${resources}.properties`, 'spring.datasource.url=${DB_URL:jdbc:postgresql://localhost/shop}'],
    [`${resources}.yml`, 'spring:\n  datasource:\n    username: a\n    url: jdbc:postgresql://db/shop\n'],
  ])('is told its environment’s database where its configuration names one (%s, %s)', async (file, text) => {
    const { services, database } = await written({ 'pom.xml': pom(), [file]: text });
    expect(services['web']).toMatchObject({ env: told });
    expect(database).toEqual({ template: 'shop_template' });
  });

  it('starts no containers of this machine, which all worktrees would share', async () => {
    const compose = 'services: {db: {image: "postgres:18", ports: ["5432"]}}';
    for (const build of [
      { 'pom.xml': pom(dependency('spring-boot-docker-compose')) },
      {
        'build.gradle':
          "id 'org.springframework.boot'\ndevelopmentOnly 'x:spring-boot-docker-compose'\n'org.postgresql:p'\n// spring-boot",
      },
    ]) {
      const { services } = await written({ ...build, 'compose.yaml': compose });
      expect(services['web']).toMatchObject({ env: { SPRING_DOCKER_COMPOSE_ENABLED: 'false', ...told } });
    }
    const ofTests = { 'pom.xml': pom(dependency('spring-boot-docker-compose', 'test')) };
    expect((await written(ofTests)).services['web']).not.toHaveProperty('env');
  });

  it('keeps another database that its configuration names', async () => {
    const { services, database } = await written({
      'pom.xml': pom(),
      [`${resources}.properties`]: 'spring.datasource.url=jdbc:h2:mem:shop',
    });
    expect(services['web']).not.toHaveProperty('env');
    expect(database).toBeUndefined();
  });
});
