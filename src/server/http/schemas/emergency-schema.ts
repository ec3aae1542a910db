import type { Static } from 'typebox';
import { Type } from '../../../dsl/json-schema.ts';

const Reason = Type.String({
  minLength: 1,
  maxLength: 1000,
  pattern: '\\S',
  description: 'Why; it is written into the audit log.',
});
const Time = Type.String({ format: 'date-time' });
const SubjectName = Type.Object({
  type: Type.String({ minLength: 1, maxLength: 256 }),
  id: Type.String({ minLength: 1, maxLength: 1024 }),
});

export const EnterMode = Type.Object({ reason: Reason }, { title: 'EnterMode' });
export type EnterMode = Static<typeof EnterMode>;

export const LeaveModeQuery = Type.Object({ reason: Type.Optional(Reason) });
export type LeaveModeQuery = Static<typeof LeaveModeQuery>;

export const OpenOverride = Type.Object(
  {
    subject: SubjectName,
    reason: Reason,
    duration: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'How long, such as `30m` or `PT30M`; at most, and by default, what the policy says.',
      }),
    ),
  },
  { title: 'OpenOverride' },
);
export type OpenOverride = Static<typeof OpenOverride>;

export const CloseOverrideQuery = Type.Object({
  type: Type.String({ minLength: 1, maxLength: 256, description: 'The type of the subject.' }),
  id: Type.String({ minLength: 1, maxLength: 1024, description: 'The id of the subject.' }),
  reason: Type.Optional(Reason),
});
export type CloseOverrideQuery = Static<typeof CloseOverrideQuery>;

export const ModeStatus = Type.Object(
  {
    name: Type.String(),
    description: Type.Optional(Type.String()),
    on: Type.Boolean(),
    entered: Type.Optional(
      Type.Object(
        { reason: Type.String(), by: Type.String({ description: 'Id of the API key.' }), since: Time },
        { description: 'Set when an operator entered the mode.' },
      ),
    ),
    loss: Type.Optional(Type.String({ description: 'The lost dependency that turns the mode on.' })),
  },
  { title: 'ModeStatus' },
);
export type ModeStatus = Static<typeof ModeStatus>;

export const ActivationStatus = Type.Object(
  {
    override: Type.String(),
    subject: SubjectName,
    reason: Type.String(),
    by: Type.String({ description: 'Id of the API key.' }),
    openedAt: Time,
    expiresAt: Time,
  },
  { title: 'Activation' },
);
export type ActivationStatus = Static<typeof ActivationStatus>;

export const OverrideStatus = Type.Object(
  {
    name: Type.String(),
    because: Type.Optional(Type.String()),
    waives: Type.Array(Type.String()),
    expiresAfterSeconds: Type.Number(),
    open: Type.Array(ActivationStatus),
  },
  { title: 'OverrideStatus' },
);
export type OverrideStatus = Static<typeof OverrideStatus>;

export const LossStatus = Type.Object(
  {
    dependency: Type.String(),
    lost: Type.Boolean(),
    since: Type.Optional(Time),
    enters: Type.Optional(Type.String({ description: 'The mode that its loss turns on.' })),
  },
  { title: 'LossStatus' },
);
export type LossStatus = Static<typeof LossStatus>;

export const EmergencyStatus = Type.Object(
  {
    modes: Type.Array(ModeStatus),
    overrides: Type.Array(OverrideStatus),
    losses: Type.Array(LossStatus),
    undeclared: Type.Array(Type.String(), {
      description:
        'Modes and overrides that are kept but that the running bundle does not declare: they have no effect.',
    }),
  },
  { title: 'EmergencyStatus' },
);
export type EmergencyStatus = Static<typeof EmergencyStatus>;
