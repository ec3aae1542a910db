// Usage: node scripts/complete-lockfile.mjs [folder …]     (after `npm install <package>`; default: this package)
//
// Native tools publish one optional package per platform. A registry mirror need not carry those for other platforms; npm
// then leaves them out of the lockfile, and `npm ci` refuses the result as out of sync. This adds the entries that npm
// would have written, without an integrity hash, which nobody here can know; npm only fetches them on their own platform.

import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const SYSTEMS = new Set(['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'sunos', 'win32']);
const PROCESSORS = new Set(['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64']);
const ABIS = /^(gnu|musl)(eabi|eabihf)?$/;

/**
 * The `os`, `cpu` and `libc` fields that a platform package has, read from its name.
 *
 * @param {string} name such as `@oxlint/binding-linux-arm64-musl`
 * @returns {{ os: string[], cpu: string[], libc?: string[] } | undefined} undefined if the name tells no platform
 */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = words.find((word) => SYSTEMS.has(word));
  const cpu = words.find((word) => PROCESSORS.has(word));
  if (os === undefined || cpu === undefined) return undefined;
  const abi =
    os === 'linux' ? words.map((word) => ABIS.exec(word)).find((match) => match !== null) : undefined;
  if (abi === undefined) return { os: [os], cpu: [cpu] };
  return { os: [os], cpu: [cpu], libc: [abi[1] === 'gnu' ? 'glibc' : 'musl'] };
}

/** @param {string} folder a package with a lockfile; returns the number of entries added */
function completeLockfile(folder) {
  const file = join(folder, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  /** @type {Record<string, any>} */
  const packages = lock.packages;
  let added = 0;
  for (const owner of Object.values(packages)) {
    for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      if (Object.keys(packages).some((key) => key === path || key.endsWith(`/${path}`))) continue;
      const platform = platformOf(name);
      if (platform === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
        throw new Error(
          `${file}: ${name}@${version} is missing and is no platform package of one exact version`,
        );
      }
      const { os, cpu, libc } = platform;
      const dev = owner.dev === true ? { dev: true } : {};
      packages[path] = { version, cpu, ...dev, ...(libc && { libc }), optional: true, os };
      added += 1;
    }
  }
  if (added > 0) {
    const byPath = (/** @type {string} */ a, /** @type {string} */ b) => a.localeCompare(b, 'en');
    lock.packages = Object.fromEntries(
      Object.keys(packages)
        .toSorted(byPath)
        .map((key) => [key, packages[key]]),
    );
    writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  }
  return added;
}

const home = fileURLToPath(new URL('..', import.meta.url));
const folders = process.argv.length > 2 ? process.argv.slice(2).map((folder) => resolve(folder)) : [home];
for (const folder of folders) {
  process.stdout.write(
    `${completeLockfile(folder)} platform packages added to ${join(folder, 'package-lock.json')}\n`,
  );
}
