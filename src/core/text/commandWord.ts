/** One word of a command as a person writes it: `parseCommand` gives it back as it was, whatever is in it. */
export function commandWord(text: string): string {
  if (/^[\w@%+=:,./\\^~$(){}[\]-]+$/.test(text)) return text;
  if (!text.includes('"')) return `"${text}"`;
  return text
    .split(/("+)/)
    .map((part) => (part === '' ? '' : part.startsWith('"') ? `'${part}'` : `"${part}"`))
    .join('');
}
