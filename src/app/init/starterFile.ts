/** What "Create coppice.yaml" writes: valid as it stands, and short enough to be read. */
export const starterFile = `# Coppice: every git worktree of this repository gets these services,
# a database and a URL of its own.
version: 1

services:
  web:
    # Started in the worktree's folder, without a shell. PORT says where to listen.
    command: node server.js
    image: node:24
    mount: true
    port: 3000
    # Paths under http://<branch>.localhost that lead to this service.
    routes: [/]
    # Answers 2xx when the service is ready; without it, an open port is enough.
    # health: /healthz
    # env: { LOG_LEVEL: debug }

# A database for every worktree, cloned from a template that these commands fill once.
# Services find theirs in DATABASE_URL.
# database:
#   template: my_app_template
#   migrate: node db/migrate.js
#   seed: node db/seed.js
`;
