const width = 116;

/** A setting's description as a comment in the code: what is a link on the settings page is its words here. */
export function docComment(description: string): string {
  const text = description.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll(/`#([^`#]+)#`/g, '`$1`');
  if (text.includes('*/')) throw new Error(`A description cannot have what ends a comment: ${text}`);
  if (text.length + '/**  */'.length <= width) return `  /** ${text} */`;
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= width - 3) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return ['  /**', ...lines.map((line) => `   * ${line}`), '   */'].join('\n');
}
