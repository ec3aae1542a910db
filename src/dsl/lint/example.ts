import { SourceText } from '../source/source-text.ts';

/** What the examples of lint rules talk about; `docs/lint/README.md` shows it. */
export const EXAMPLE_SCHEMA = `enum plan { free, pro }
enum level ordered { low, middle, high }
enum status { draft, review, published, archived }

entity user stored {
  active: bool
  roles: set<role>
  plan: plan
  clearance: level
  groups: set<string>
}

entity service supplied {
  name: string
  key: string?
}

entity document stored {
  owner: user
  reviewers: set<user>
  status: status
  secrecy: level
  pages: int
  tags: set<string>
  changed_at: time
}

context {
  ip: ip
  agent: string?
}

action read, update, delete on document by user
action read on document by service

require access
`;

/** What stands before an example that opens no layer of its own. */
export const EXAMPLE_LAYER = `/// Who may touch which document.
layer 1 ownership version 1 grants access

`;

/** The path of an example's own file; findings in the other one are not the example's. */
export const EXAMPLE_PATH = 'example.velro';

/** The bundle of an example: the schema and a layer, unless it brings them. */
export function exampleSources(example: string): readonly SourceText[] {
  const opensLayer = /^layer /m.test(example);
  const own = new SourceText(EXAMPLE_PATH, opensLayer ? example : EXAMPLE_LAYER + example);
  return /^require /m.test(example) ? [own] : [own, new SourceText('schema.velro', EXAMPLE_SCHEMA)];
}
