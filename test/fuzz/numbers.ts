import { sfc32 } from '../../scripts/support/sfc32.ts';
import { Chance } from '../support/generate-chance.ts';

/** Choices that two numbers fix. */
export function chanceOf(seed: number, stream: number): Chance {
  const next = sfc32(seed, stream);
  const nextInt = (least: number, most: number): number => {
    const span = most - least + 1;
    // Two words, since a span may be wider than one.
    const word = next() * 2 ** 21 + (next() >>> 11);
    return least + Math.floor((word / 2 ** 53) * span);
  };
  return new Chance({ nextInt });
}

/** A number of 32 bits that stands for a text. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
