import { expect, it } from 'vitest';
import { written } from '../../../support/proposeFor';

const project = (sdk: string, more = ''): string => `<Project Sdk="Microsoft.NET.Sdk${sdk}">${more}</Project>`;
const npgsql = '<PackageReference Include="Npgsql.EntityFrameworkCore.PostgreSQL" Version="10.0.0" />';

it('a solution of .NET has its servers and workers, and its environment’s database by the names of their settings', async () => {
  const { services, setup, database } = await written({
    'Shop.sln': '',
    'src/Shop.Api/Shop.Api.csproj': project('.Web'),
    'src/Shop.Api/appsettings.json':
      '{ // of one machine\n"ConnectionStrings": {"Default": "Host=localhost;Database=shop", "Old": "Server=.;Database=shop"} }',
    'src/Shop.Jobs/Shop.Jobs.csproj': project('.Worker'),
    'src/Shop.Data/Shop.Data.csproj': project('', npgsql),
    'tests/Shop.Api.Tests/Shop.Api.Tests.csproj': project('.Web'),
  });
  expect(services).toEqual({
    'shop-api': {
      ...{ folder: 'src/Shop.Api', command: 'dotnet run --no-launch-profile', port: 5000, routes: ['/'] },
      env: {
        ASPNETCORE_ENVIRONMENT: 'Development',
        ASPNETCORE_URLS: 'http://127.0.0.1:$(PORT)',
        ConnectionStrings__Default:
          'Host=$(DATABASE_HOST);Port=$(DATABASE_PORT);Database=$(DATABASE_NAME);Username=$(DATABASE_USER);Password=$(DATABASE_PASSWORD)',
      },
    },
    'shop-jobs': {
      ...{ folder: 'src/Shop.Jobs', command: 'dotnet run --no-launch-profile' },
      env: { DOTNET_ENVIRONMENT: 'Development' },
    },
  });
  expect(setup).toEqual(['dotnet build src/Shop.Api/Shop.Api.csproj', 'dotnet build src/Shop.Jobs/Shop.Jobs.csproj']);
  expect(database).toEqual({ template: 'shop_template' });
});

it('one of several projects in a folder is named', async () => {
  const { services } = await written({ 'Shop.csproj': project('.Web'), 'Tools.csproj': project('') });
  expect(services['web']).toMatchObject({ command: 'dotnet run --project Shop.csproj --no-launch-profile' });
});
