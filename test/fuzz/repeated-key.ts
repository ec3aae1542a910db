/** True when an object of a well-formed JSON text has a key twice, however it is spelt. Naive on purpose. */
export function hasRepeatedKey(text: string): boolean {
  const open: Set<string>[] = [];
  const tokens = text.match(/"(?:[^"\\]|\\[^])*"|[{}[\]:,]/gu) ?? [];
  return tokens.some((token, index) => {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token.startsWith('"') && tokens[index + 1] === ':') {
      const key = JSON.parse(token) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return true;
      keys?.add(key);
    }
    return false;
  });
}
