/**
 * The people and things of the demo that its guide and its requests call by name. Their ids never change, so that a
 * command copied from the guide keeps working.
 */

export const PEOPLE = {
  ada: 'ef7bcaa5-a4d1-4ceb-9065-da84f9b48da2',
  ben: '3c5d1e0a-92f4-4b76-8e1d-70b9c6a2f853',
  cy: 'a94e0c37-5b18-4d62-b7f3-e2190d8c6b45',
  dora: '5807f2cb-31e9-4a6d-9c54-b8d0e7134af6',
  eli: 'd1639b0e-7c42-4f85-a0be-495d2c8f716e',
  fay: '82c4e5f9-0a6d-4137-b95e-3f71d8a0c62b',
  gus: '6be0913d-f8a2-4c54-8d07-a15c9e3b2f74',
  hana: 'c7250d8f-4e9b-4163-a82c-f06d1b95e3a7',
} as const;

export const TEAMS = { atelier: '0f9a37c2-6d5e-4b81-9e04-c83b2d75a16f' } as const;

export const PROJECTS = { film: 'b2d8640f-e173-4c9a-8f5b-27d6093ea1c4' } as const;

export const GENERATIONS = {
  /** Ada's, private, completed. */
  harbour: '49e1c7d0-b36a-4f28-9d75-8a02e6f3b51c',
  /** Ada's, in the film of the Atelier, open to the team. */
  lantern: '7a05f3e8-2c9d-4e16-b84f-d1690b7e3c52',
  /** Ben's, public, completed; frozen with his account. */
  storm: '1d93b6a4-e08f-4725-a6c1-5f2e9d047b8e',
  /** Cy's, private, completed; Ada's tide grew from it. */
  seed: 'e60f2b91-5d7c-4a38-8b1e-c94d30a7f625',
  /** Ada's, public, grown from Cy's seed, not finished. */
  tide: '936c0da7-4fb2-4e81-a5d9-0e7b18f2c364',
  /** Dora's, public, completed. */
  orchard: '2fb84e1c-d706-4953-bc0a-69e5d3f1a872',
} as const;

export const FILES = {
  /** The image of Dora's orchard. */
  orchard: '84d7a02e-1c6f-4b39-9e52-f0b3c8d5617a',
} as const;
