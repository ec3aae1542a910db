// JavaScript rather than JSON, because two things depend on how mocha was called. An exclusive or a skipped test is a help at
// a desk and a hole in CI; and mocha would add the files and folders named on the command line to `spec` instead of running only those.
const isCi = !['', 'false', undefined].includes(process.env.CI);
const namesTests = process.argv
  .slice(2)
  .some((argument) => argument.startsWith('test/') || argument.endsWith('.test.ts'));

module.exports = {
  spec: namesTests ? [] : ['test/**/*.test.ts'],
  extension: ['test.ts'],
  recursive: true,
  reporter: 'test/support/reporter.ts',
  timeout: 20_000,
  'check-leaks': true,
  'fail-zero': true,
  'forbid-only': isCi,
  'forbid-pending': isCi,
  parallel: false,
};
