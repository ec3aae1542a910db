import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import { sarifLog } from '../../../src/cli/sarif.ts';
import { sortDiagnostics } from '../../../src/dsl/diagnostics/diagnostic.ts';
import { applyFixes } from '../../../src/dsl/lint/apply-fixes.ts';
import { exampleSources } from '../../../src/dsl/lint/example.ts';
import { lintBundle } from '../../../src/dsl/lint/lint-bundle.ts';
import { loadBundle } from '../../../src/dsl/load-bundle.ts';
import { SourceText } from '../../../src/dsl/source/source-text.ts';

const message = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string', minLength: 1 }, markdown: { type: 'string' } },
  additionalProperties: false,
};
const region = {
  type: 'object',
  required: ['startLine', 'startColumn', 'endLine', 'endColumn'],
  properties: {
    startLine: { type: 'integer', minimum: 1 },
    startColumn: { type: 'integer', minimum: 1 },
    endLine: { type: 'integer', minimum: 1 },
    endColumn: { type: 'integer', minimum: 1 },
  },
  additionalProperties: false,
};
const artifactLocation = {
  type: 'object',
  required: ['uri'],
  properties: { uri: { type: 'string', pattern: '^[^\\s\\\\]+$' } },
  additionalProperties: false,
};
const location = {
  type: 'object',
  required: ['physicalLocation'],
  properties: {
    message,
    physicalLocation: {
      type: 'object',
      required: ['artifactLocation', 'region'],
      properties: { artifactLocation, region },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

/** What the schema of SARIF 2.1.0 says of the parts that Velro writes, and no part besides. */
const isSarif = new Ajv2020({ strict: true, allErrors: true }).compile({
  type: 'object',
  required: ['version', 'runs'],
  properties: {
    $schema: { const: 'https://json.schemastore.org/sarif-2.1.0.json' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['tool', 'results'],
        properties: {
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          tool: {
            type: 'object',
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                properties: {
                  name: { type: 'string' },
                  semanticVersion: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+' },
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: {
                      type: 'object',
                      required: ['id', 'help', 'shortDescription'],
                      properties: {
                        id: { type: 'string' },
                        name: { type: 'string' },
                        shortDescription: message,
                        fullDescription: message,
                        help: message,
                        defaultConfiguration: {
                          type: 'object',
                          properties: { level: { enum: ['none', 'note', 'warning', 'error'] } },
                          additionalProperties: false,
                        },
                        properties: {
                          type: 'object',
                          properties: {
                            tags: { type: 'array', uniqueItems: true, items: { type: 'string' } },
                          },
                        },
                      },
                      additionalProperties: false,
                    },
                  },
                },
                additionalProperties: false,
              },
            },
            additionalProperties: false,
          },
          results: {
            type: 'array',
            items: {
              type: 'object',
              required: ['message', 'ruleId', 'ruleIndex', 'locations', 'partialFingerprints'],
              properties: {
                ruleId: { type: 'string' },
                ruleIndex: { type: 'integer', minimum: 0 },
                level: { enum: ['none', 'note', 'warning', 'error'] },
                message,
                locations: { type: 'array', items: location },
                relatedLocations: { type: 'array', uniqueItems: true, items: location },
                partialFingerprints: { type: 'object', additionalProperties: { type: 'string' } },
                fixes: {
                  type: 'array',
                  uniqueItems: true,
                  items: {
                    type: 'object',
                    required: ['artifactChanges'],
                    properties: {
                      description: message,
                      artifactChanges: {
                        type: 'array',
                        minItems: 1,
                        uniqueItems: true,
                        items: {
                          type: 'object',
                          required: ['artifactLocation', 'replacements'],
                          properties: {
                            artifactLocation,
                            replacements: {
                              type: 'array',
                              minItems: 1,
                              items: {
                                type: 'object',
                                required: ['deletedRegion'],
                                properties: {
                                  deletedRegion: region,
                                  insertedContent: {
                                    type: 'object',
                                    properties: { text: { type: 'string' } },
                                    additionalProperties: false,
                                  },
                                },
                                additionalProperties: false,
                              },
                            },
                          },
                          additionalProperties: false,
                        },
                      },
                    },
                    additionalProperties: false,
                  },
                },
              },
              additionalProperties: false,
            },
          },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
});

const EXAMPLE = `/// 😀
let idle = 1

permit owner: read on document when resource.owner == subject
permit author: read on document when resource.owner == subject
permit short: read on document when resource.id != "😀" and resource.pages < 30
`;

function findingsOf(example: string, path = 'policies/a b/ünder.velro') {
  const [own, ...others] = exampleSources(example);
  const sources = [new SourceText(path, own?.text ?? ''), ...others];
  const { bundle, diagnostics } = loadBundle(sources);
  const findings =
    bundle === undefined ? diagnostics : lintBundle(bundle, { isIgnored: (one) => one !== path });
  return { sources, findings: sortDiagnostics(findings) };
}

function logOf(example: string, path?: string): Log {
  return JSON.parse(JSON.stringify(sarifLog(findingsOf(example, path).findings, '/somewhere'))) as Log;
}
const resultsOf = (log: Log): Result[] => log.runs[0]?.results ?? [];
const rulesOf = (log: Log): ReportingDescriptor[] => log.runs[0]?.tool.driver.rules ?? [];

describe('SARIF', () => {
  it('is what the schema says, with or without findings', () => {
    for (const log of [logOf(EXAMPLE), logOf('permit p: raed on document when true'), sarifLog([])]) {
      expect(isSarif(log), JSON.stringify(isSarif.errors)).to.equal(true);
    }
  });

  it('gives each finding its rule, with the whole page as help', () => {
    const log = logOf(EXAMPLE);
    expect(resultsOf(log).map(({ ruleId }) => ruleId)).to.have.members(['VEL4015', 'VEL4007', 'VEL4019']);
    for (const { ruleId, ruleIndex } of resultsOf(log))
      expect(rulesOf(log)[ruleIndex ?? -1]?.id).to.equal(ruleId);
    const rule = rulesOf(log).find(({ id }) => id === 'VEL4019');
    expect(rule).to.include({ name: 'magic-number' });
    expect(rule?.help?.markdown).to.match(/^# magic-number\n[^]*## Prefer/);
  });

  it('names files relative to the folder, as a URI, and columns in UTF-16 code units', () => {
    const log = logOf(EXAMPLE);
    const result = resultsOf(log).find(({ ruleId }) => ruleId === 'VEL4019');
    const place = result?.locations?.[0]?.physicalLocation;
    expect(place?.artifactLocation?.uri).to.equal('policies/a%20b/%C3%BCnder.velro');
    const line = 'permit short: read on document when resource.id != "😀" and resource.pages < 30';
    expect(place?.region).to.deep.equal({
      startLine: 9,
      startColumn: line.length - 1,
      endLine: 9,
      endColumn: line.length + 1,
    });
    expect(log.runs[0]?.columnKind).to.equal('utf16CodeUnits');
    const outside = logOf(EXAMPLE, '/elsewhere/x.velro');
    const uri = resultsOf(outside)[0]?.locations?.[0]?.physicalLocation?.artifactLocation?.uri;
    expect(uri).to.equal('file:///elsewhere/x.velro');
  });

  it('gives a finding the same fingerprint when its line moves, and no two the same', () => {
    const printsOf = (example: string) =>
      resultsOf(logOf(example)).map(({ partialFingerprints }) => partialFingerprints?.['velro/v1']);
    const before = printsOf(EXAMPLE);
    expect(printsOf(EXAMPLE.replace('permit owner', '// moved\n\n\npermit owner'))).to.deep.equal(before);
    expect(printsOf(EXAMPLE.replaceAll('permit', '  permit'))).to.deep.equal(before);
    expect(printsOf(EXAMPLE.replace('< 30', '< 31'))).to.not.deep.equal(before);
    const twice = printsOf(
      'permit a: read on document\n  when resource.pages < 30\npermit b: update on document\n  when resource.pages < 30',
    );
    expect(new Set(twice).size).to.equal(2);
  });

  it('has fixes that do what `--fix` does', () => {
    const { sources, findings } = findingsOf(EXAMPLE);
    const log = logOf(EXAMPLE);
    const [source] = sources;
    const lines = source?.text.split('\n') ?? [];
    const offset = (line: number, column: number): number =>
      lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
    let text = source?.text ?? '';
    const replacements = resultsOf(log)
      .flatMap(({ fixes }) => fixes ?? [])
      .flatMap(({ artifactChanges }) => artifactChanges)
      .flatMap((change) => change.replacements);
    expect(replacements).to.have.length(2);
    for (const { deletedRegion: at, insertedContent } of replacements.toReversed()) {
      const [start, end] = [
        offset(at.startLine ?? 0, at.startColumn ?? 0),
        offset(at.endLine ?? 0, at.endColumn ?? 0),
      ];
      text = text.slice(0, start) + (insertedContent?.text ?? '') + text.slice(end);
    }
    expect(text).to.equal(applyFixes(sources, findings).sources[0]?.text);
  });
});
