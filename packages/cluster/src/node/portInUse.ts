/** How programs say that somebody else has their port, where they say which one it is. */
const ways: readonly RegExp[] = [
  // Node.js; libuv
  /\bEADDRINUSE\b.*?:(\d{1,5})(?!\S*\d)/,
  // Go
  /\blisten tcp\d? \S*:(\d{1,5}): bind: address already in use/,
  // uvicorn, hypercorn: ('127.0.0.1', 8000): address already in use
  /\('[^']*', (\d{1,5})\): \[?.*address already in use/i,
  // Vite, Next.js, webpack, Flask, Spring Boot, Django
  /\bport:? (\d{1,5}) (?:is|was) (?:already |currently )?in use\b/i,
  // Ruby: bind(2) for "127.0.0.1" port 3000
  /\baddress already in use\b.*\bport (\d{1,5})\b/i,
];

/** The port that a program could not have, by the last line that says so; undefined: it says nothing of that. */
export function portInUse(lines: readonly string[]): number | undefined {
  for (const line of lines.toReversed()) {
    for (const way of ways) {
      const found = way.exec(line)?.[1];
      if (found !== undefined) return Number(found);
    }
  }
  return undefined;
}
