import type { CommandEntry } from '../command.ts';

/** All commands by name; a test compares this list with the folder and the documentation. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'activate',
    summary: 'make a published version of the policies answer',
    load: async () => (await import('./activate.ts')).defineActivate,
  },
  {
    name: 'check',
    summary: 'check a bundle: syntax, names, types, meaning, and surprises',
    load: async () => (await import('./check.ts')).defineCheck,
  },
  {
    name: 'decide',
    summary: 'answer one request',
    load: async () => (await import('./decide.ts')).defineDecide,
  },
  {
    name: 'entity',
    summary: 'write, read, delete and import entities that the store of a running server keeps',
    load: async () => (await import('./entity.ts')).defineEntity,
  },
  {
    name: 'explain',
    summary: 'say why a request is permitted or denied, layer by layer',
    load: async () => (await import('./explain.ts')).defineExplain,
  },
  {
    name: 'format',
    summary: 'bring policies into the one canonical form',
    load: async () => (await import('./format.ts')).defineFormat,
  },
  {
    name: 'keygen',
    summary: 'make a key pair that signs policies',
    load: async () => (await import('./keygen.ts')).defineKeygen,
  },
  {
    name: 'lint',
    summary: 'find what is legal yet surprising, unclear, unused or untested, and fix what can be fixed',
    load: async () => (await import('./lint.ts')).defineLint,
  },
  {
    name: 'media-token',
    summary: 'sign tokens for media, and replace the key that signs them',
    load: async () => (await import('./media-token.ts')).defineMediaToken,
  },
  {
    name: 'migrate',
    summary: 'bring the database up to date, or take migrations back',
    load: async () => (await import('./migrate.ts')).defineMigrate,
  },
  {
    name: 'mode',
    summary: 'enter, leave and show the emergency modes of a running server',
    load: async () => (await import('./mode.ts')).defineMode,
  },
  {
    name: 'override',
    summary: 'open, close and show the overrides of a running server',
    load: async () => (await import('./override.ts')).defineOverride,
  },
  {
    name: 'publish',
    summary: 'check, test and store a bundle as a version',
    load: async () => (await import('./publish.ts')).definePublish,
  },
  {
    name: 'rollback',
    summary: 'go back to the version of the policies before',
    load: async () => (await import('./rollback.ts')).defineRollback,
  },
  {
    name: 'schema',
    summary: 'hold the mapped tables against a database, and let them tell of their changes',
    load: async () => (await import('./schema.ts')).defineSchema,
  },
  {
    name: 'seed',
    summary: 'fill the tables of the reference domain with made-up rows',
    load: async () => (await import('./seed.ts')).defineSeed,
  },
  {
    name: 'serve',
    summary: 'serve decisions over HTTP',
    load: async () => (await import('./serve.ts')).defineServe,
  },
  {
    name: 'show',
    summary: 'show a version of the policies, or what it changes',
    load: async () => (await import('./show.ts')).defineShow,
  },
  {
    name: 'test',
    summary: "run the bundle's own tests",
    load: async () => (await import('./test.ts')).defineTest,
  },
  {
    name: 'versions',
    summary: 'list the versions of the policies, or what answered when',
    load: async () => (await import('./versions.ts')).defineVersions,
  },
];
