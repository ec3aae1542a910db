/** Settings of a user's own servers, and ways to make Artillery ask elsewhere or overlook its thresholds. */
const FOREIGN = /^(?:VELRO|ARTILLERY)_|^HTTPS?_PROXY$/i;

/** The environment for a process of the run: nothing that is set outside changes what is asked and checked. */
export function childEnvironment(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  return { ...Object.fromEntries(kept), NO_COLOR: '1', ...own };
}
