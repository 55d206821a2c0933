import { describe, expect, it } from 'vitest';
import { proposeFor, written } from '../../../support/proposeFor';

const main = { 'cmd/api/main.go': 'package main\nfunc main() { server.New().ListenAndServe() }' };

describe('a program of Go', () => {
  it.each(['os.Getenv("PORT")', 'Port int `env:"PORT" envDefault:"8080"`'])(
    'heeds the port of its environment where a package of its own reads it: %s',
    async (reads) => {
      const files = { 'go.mod': 'module x', ...main, 'internal/server/server.go': `package server\n${reads}` };
      const { text } = await proposeFor(files);
      expect(text).toContain('command: go run ./cmd/api');
      expect(text).not.toContain('the port that PORT says');
      expect((await proposeFor({ ...files, 'internal/server/server.go': '' })).text).toContain('port that PORT says');
    },
  );

  it.each([
    ['github.com/a-h/templ v0.3.943', '', 'go run github.com/a-h/templ/cmd/templ@v0.3.943 generate'],
    ['github.com/a-h/templ v0.3.943', '\ntool github.com/a-h/templ/cmd/templ\n', 'go tool templ generate'],
  ])('has its pages made where git ignores what is made of them (%s%s)', async (required, tool, command) => {
    const files = { 'go.mod': `module x\nrequire ${required}\n${tool}`, ...main, 'web/page.templ': 'package web' };
    expect((await written(files)).setup).toEqual([command, 'go list -export ./cmd/api']);
    expect((await written({ ...files, 'web/page_templ.go': 'package web' })).setup).toEqual([
      'go list -export ./cmd/api',
    ]);
  });

  it('in a folder has them made there', async () => {
    const { setup } = await written({
      'web/go.mod': 'module x\nrequire github.com/a-h/templ v0.3.943\n',
      'web/main.go': 'package main\nfunc main() { http.ListenAndServe(":8080", nil) }',
      'web/page.templ': 'package main',
    });
    expect(setup).toEqual([
      'go run -C web github.com/a-h/templ/cmd/templ@v0.3.943 generate',
      'go list -C web -export .',
    ]);
  });
});
