import type { Static } from 'typebox';
import { Type } from '../../../dsl/json-schema.ts';
import { MAXIMUM_FILES } from '../../bundles/read-bundle-files.ts';

const Time = Type.String({ format: 'date-time' });
const Version = Type.Integer({ minimum: 1, description: 'Counts from 1 in the order of publishing.' });
const Digest = Type.String({ description: '`sha256:` and the digest of the canonical content.' });

export const PolicyFinding = Type.Object(
  {
    code: Type.String({ description: 'As in docs/diagnostics.md; `test_failed` of a test.' }),
    severity: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
    path: Type.String(),
    line: Type.Integer(),
    column: Type.Integer(),
    message: Type.String(),
    help: Type.Optional(Type.String()),
  },
  { title: 'PolicyFinding' },
);
export type PolicyFinding = Static<typeof PolicyFinding>;

export const LayerVersion = Type.Object(
  { number: Type.Integer(), name: Type.String(), version: Type.Integer() },
  { title: 'LayerVersion' },
);
export type LayerVersion = Static<typeof LayerVersion>;

export const SignatureStatus = Type.Object(
  {
    keyId: Type.String(),
    by: Type.String({ description: 'Who published with it.' }),
    at: Time,
    good: Type.Optional(
      Type.Boolean({
        description: 'Whether the key signed this content; missing when the key is not known here.',
      }),
    ),
  },
  { title: 'SignatureStatus' },
);
export type SignatureStatus = Static<typeof SignatureStatus>;

const VERSION_FIELDS = {
  version: Version,
  digest: Digest,
  layers: Type.Array(LayerVersion),
  signatures: Type.Array(SignatureStatus),
  publishedBy: Type.String({ description: 'Id of the caller, or `os:` and the account of a command line.' }),
  publishedAt: Time,
  active: Type.Boolean({ description: 'Whether it answers.' }),
};

export const PolicyVersion = Type.Object(VERSION_FIELDS, { title: 'PolicyVersion' });
export type PolicyVersion = Static<typeof PolicyVersion>;

export const PublishedVersion = Type.Object(
  {
    ...VERSION_FIELDS,
    isNew: Type.Boolean({ description: 'False when this content was published before.' }),
  },
  { title: 'PublishedVersion' },
);
export type PublishedVersion = Static<typeof PublishedVersion>;

export const PolicyVersionWithFiles = Type.Object(
  {
    ...VERSION_FIELDS,
    files: Type.Record(Type.String(), Type.String(), { description: 'The text of each file by its path.' }),
  },
  { title: 'PolicyVersionWithFiles' },
);
export type PolicyVersionWithFiles = Static<typeof PolicyVersionWithFiles>;

export const PublishPolicies = Type.Object(
  {
    files: Type.Record(Type.String(), Type.String(), {
      minProperties: 1,
      maxProperties: MAXIMUM_FILES,
      description: 'The text of each `.velro` file by its path, which counts from the folder of the bundle.',
    }),
    signature: Type.Optional(
      Type.Object({
        keyId: Type.String({ pattern: '^ed25519:[0-9a-f]{16}$' }),
        value: Type.String({ pattern: '^[A-Za-z0-9+/]{86}==$', description: 'Ed25519, in base64.' }),
      }),
    ),
  },
  { title: 'PublishPolicies' },
);
export type PublishPolicies = Static<typeof PublishPolicies>;

export const PolicyChange = Type.Object(
  {
    change: Type.Union([Type.Literal('added'), Type.Literal('removed'), Type.Literal('changed')]),
    layer: Type.Optional(Type.String()),
    kind: Type.String({ description: 'Such as `permit`, `role`, `entity`.' }),
    name: Type.String(),
  },
  { title: 'PolicyChange' },
);
export type PolicyChange = Static<typeof PolicyChange>;

export const PolicyChanges = Type.Object(
  {
    added: Type.Integer(),
    removed: Type.Integer(),
    changed: Type.Integer(),
    list: Type.Array(PolicyChange, { description: 'The first thousand.' }),
  },
  {
    title: 'PolicyChanges',
    description: 'What the bundle says differently from the one that answered before.',
  },
);
export type PolicyChanges = Static<typeof PolicyChanges>;

export const PolicyActivation = Type.Object(
  {
    id: Type.Integer(),
    kind: Type.Union([Type.Literal('activate'), Type.Literal('rollback')]),
    version: Version,
    digest: Digest,
    previous: Type.Optional(Type.Integer({ description: 'The version that answered before.' })),
    by: Type.String({ description: 'Id of the caller, or `os:` and the account of a command line.' }),
    at: Time,
    changes: PolicyChanges,
  },
  { title: 'PolicyActivation' },
);
export type PolicyActivation = Static<typeof PolicyActivation>;

export const ActivationResult = Type.Object(
  {
    activation: PolicyActivation,
    isNew: Type.Boolean({ description: 'False when this version answered already.' }),
    loaded: Type.Optional(
      Type.Boolean({
        description: 'Whether the server that was asked answers by it; the others follow by themselves.',
      }),
    ),
  },
  { title: 'ActivationResult' },
);
export type ActivationResult = Static<typeof ActivationResult>;

const Page = {
  limit: Type.Optional(
    Type.String({
      pattern: '^([1-9]|[1-9][0-9]|100)$',
      description: 'At most so many, 1 to 100; 20 unless given.',
    }),
  ),
  cursor: Type.Optional(
    Type.String({ pattern: '^[1-9][0-9]{0,14}$', description: 'What the page before gave as `next`.' }),
  ),
};
export const PageQuery = Type.Object(Page);
export type PageQuery = Static<typeof PageQuery>;

const Next = Type.Optional(Type.String({ description: 'The cursor of the next page; missing on the last.' }));

export const PolicyVersions = Type.Object(
  { versions: Type.Array(PolicyVersion, { description: 'The newest first.' }), next: Next },
  { title: 'PolicyVersions' },
);
export type PolicyVersions = Static<typeof PolicyVersions>;

export const PolicyActivations = Type.Object(
  { activations: Type.Array(PolicyActivation, { description: 'The newest first.' }), next: Next },
  { title: 'PolicyActivations' },
);
export type PolicyActivations = Static<typeof PolicyActivations>;

export const RollbackQuery = Type.Object({
  from: Type.Optional(
    Type.String({
      pattern: '^[1-9][0-9]{0,14}$',
      description: 'The version that you believe answers: if it is another one, nothing is done.',
    }),
  ),
});
export type RollbackQuery = Static<typeof RollbackQuery>;
