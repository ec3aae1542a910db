// JavaScript rather than JSON, because some of this depends on how mocha was called. An exclusive or a skipped test is a help at
// a desk and a hole in CI; and mocha would add the files and folders named on the command line to `spec` instead of running only those.
const { globSync } = require('node:fs');

const isCi = !['', 'false', undefined].includes(process.env.CI);
const namesTests = process.argv
  .slice(2)
  .some((argument) => argument.startsWith('test/') || argument.endsWith('.test.ts'));
/** A part that is asked for runs in one process, where `.only` works and a debugger finds it. */
const isWhole = process.argv.length === 2;

/** Folders whose files take longest. They begin first: the last file that runs keeps a core waiting for it. */
const LONGEST = ['property', 'history', 'hostile', 'differential', 'integration', 'e2e', 'fuzz'];

const files = () => {
  const rank = (file) => {
    const [, folder] = file.split(/[\\/]/);
    return LONGEST.includes(folder) ? LONGEST.indexOf(folder) : LONGEST.length;
  };
  return globSync('test/**/*.test.ts', { cwd: __dirname })
    .toSorted()
    .toSorted((one, other) => rank(one) - rank(other));
};

module.exports = {
  spec: namesTests ? [] : files(),
  extension: ['test.ts'],
  recursive: true,
  require: ['test/support/unhandled-rejections.ts'],
  reporter: 'test/support/reporter.ts',
  timeout: 20_000,
  'check-leaks': true,
  'fail-zero': true,
  'forbid-only': isCi,
  'forbid-pending': isCi,
  // Each file runs whole, in one of two processes: files share nothing but the machine.
  parallel: isWhole,
  jobs: 2,
};
