import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Static } from 'typebox';
import { Type } from '../../dsl/json-schema.ts';

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
export const DocumentSchema = Type.Object({
  format: Type.Literal(1),
  modes: Type.Array(Entered),
  overrides: Type.Array(Opened),
});

/** What is kept of modes and overrides over a restart; times in milliseconds since the epoch. */
export type EmergencyDocument = Static<typeof DocumentSchema>;

// The schema is held against that of schemas by a test, which takes longer than compiling it.
const isDocument = new Ajv2020({ meta: false, validateSchema: false }).compile<EmergencyDocument>(
  DocumentSchema,
);

/** The document, or undefined when the value is none. */
export function parseEmergencyDocument(value: unknown): EmergencyDocument | undefined {
  return isDocument(value) ? value : undefined;
}
