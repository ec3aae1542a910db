import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Static, Type } from 'typebox';

const Entered = Type.Object({
  name: Type.String(),
  reason: Type.String(),
  by: Type.String(),
  since: Type.Integer(),
});
const Opened = Type.Object({
  override: Type.String(),
  subject: Type.Object({ type: Type.String(), id: Type.String() }),
  reason: Type.String(),
  by: Type.String(),
  openedAt: Type.Integer(),
  expiresAt: Type.Integer(),
});
const Document = Type.Object({
  format: Type.Literal(1),
  modes: Type.Array(Entered),
  overrides: Type.Array(Opened),
});

/** What is kept of modes and overrides over a restart; times in milliseconds since the epoch. */
export type EmergencyDocument = Static<typeof Document>;

const isDocument = new Ajv2020().compile<EmergencyDocument>(Document);

/** The document, or undefined when the value is none. */
export function parseEmergencyDocument(value: unknown): EmergencyDocument | undefined {
  return isDocument(value) ? value : undefined;
}
