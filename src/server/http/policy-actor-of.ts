import type { Response } from 'express';
import type { PolicyActor } from '../policies/policy-actor.ts';
import { aboutOf } from './about-of.ts';

/** Who does something with policies in an exchange. */
export function actorOf(response: Response): PolicyActor {
  const about = aboutOf(response);
  return { id: about.caller?.id ?? 'unknown', about };
}
