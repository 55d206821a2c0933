/**
 * A command that runs in a folder of the repository. The folder's name reaches the shell as an argument of its own, never as a part of
 * what it runs: a name may have anything in it.
 */
export function inFolderCommand(folder: string, command: string): string | readonly string[] {
  return folder === '.' ? command : ['sh', '-c', `cd "./$1" && ${command}`, 'sh', folder];
}
