/** What is said where Coppice is gone, and others still call it. */
export const farewell =
  'Coppice is not installed any more. Install it again, or take its hooks out of .claude/settings.local.json, ~/.claude/settings.json, ~/.codex/hooks.json, ~/.gemini/settings.json, ~/.config/opencode/plugins/coppice.js and ~/.config/worktrunk/config.toml.';

/** For sh. A worktree that is to go stays: only Coppice knew what would be lost. */
export const goneScript = `echo ${JSON.stringify(farewell)} >&2
if [ "$1" != hook ]; then exit 127; fi
if [ "$2" != claude-code ]; then exit 0; fi
read -r event
case $event in *WorktreeCreate*) ;; *) exit 1 ;; esac
name=$(printf '%s' "$event" | sed -n 's/.*"name"[ ]*:[ ]*"\\([A-Za-z0-9._/+-]*\\)".*/\\1/p' | tr / +)
case $name in '' | .* | -*) exit 1 ;; esac
common=$(git rev-parse --path-format=absolute --git-common-dir) || exit 1
case $common in */.git) root=\${common%/.git} ;; *) root=$(git rev-parse --show-toplevel) || exit 1 ;; esac
path=$root/.claude/worktrees/$name
if [ ! -e "$path/.git" ]; then
  if git show-ref --verify --quiet "refs/heads/worktree-$name"; then
    git worktree add -- "$path" "worktree-$name" >&2 || exit 1
  else
    git worktree add --no-track -b "worktree-$name" -- "$path" HEAD >&2 || exit 1
  fi
fi
printf '%s\\n' "$path"
`;
