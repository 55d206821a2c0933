import { byHand, type Entry } from './entry';
import { opencodePlugin, pluginMark } from './opencodePlugin';

const file = '.config/opencode/plugins/coppice.js';

/**
 * OpenCode 1.18.33 has no hooks in its settings: what tells of its sessions is a plugin of the user's, a file that is ours alone. That of
 * a repository is everybody's.
 */
export const opencodeEntry: Entry = {
  file,
  userFile: file,
  movedBy: ['XDG_CONFIG_HOME', 'opencode/plugins/coppice.js'],
  isOnlyOfUser: true,
  add(text, call) {
    const plugin = opencodePlugin(call.anywhere('hook opencode --state'));
    if (text !== undefined && text.trim() !== '' && !isOursAlone(text))
      throw byHand('it is none that Coppice has written', file, plugin);
    return plugin;
  },
  noteOf: () => 'In your own plugins, for every repository. An OpenCode that runs already loads it at its next start.',
  remove: (text) => (isOursAlone(text) ? undefined : text),
};

function isOursAlone(text: string): boolean {
  return text.startsWith(`// ${pluginMark}`);
}
