import { expect } from 'chai';
import { assert, jsonValue, property } from 'fast-check';
import { parseJson } from '../../../../src/server/json/parse-json.ts';

describe('parseJson', () => {
  const problemOf = (text: string): string => {
    const parsed = parseJson(text, 8);
    return parsed.ok ? 'none' : `${parsed.problem}: ${parsed.detail}`;
  };

  it('reads what JSON.parse reads', () => {
    assert(
      property(jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value, null, value === null ? 0 : 1);
        expect(parseJson(text, 100)).to.deep.equal({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it('refuses a key that comes twice, at any depth and however it is spelt', () => {
    for (const text of [
      '{"a":1,"a":1}',
      '[{"b":{"a":1,"\\u0061":2}}]',
      '{"__proto__":1,"__proto__":2}',
      '{"":1,"":2}',
    ]) {
      expect(problemOf(text), text).to.equal('malformed: an object has the same key twice');
    }
  });

  it('is not misled by what stands in strings', () => {
    for (const text of ['{"a:b":"c:d"}', '{"a":"\\"x\\":1"}', '["{[{[{[{[{["]', '{"a":"\\\\","b":":"}']) {
      expect(parseJson(text, 8), text).to.deep.equal({ ok: true, value: JSON.parse(text) });
    }
  });

  it('keeps hostile keys as ordinary own properties', () => {
    const parsed = parseJson('{"__proto__":{"admin":true},"constructor":1}', 8);
    if (!parsed.ok) return expect.fail(parsed.detail);
    expect(Object.keys(parsed.value as object)).to.deep.equal(['__proto__', 'constructor']);
    expect(({} as { admin?: boolean }).admin).to.equal(undefined);
  });

  it('refuses what nests too deep before it parses it', () => {
    expect(problemOf('['.repeat(8) + ']'.repeat(8))).to.equal('none');
    expect(problemOf('['.repeat(9) + ']'.repeat(9))).to.match(/^too deep/);
    expect(problemOf('['.repeat(1_000_000))).to.match(/^too deep/);
    expect(problemOf('{"a":'.repeat(500_000))).to.match(/^too deep/);
  });

  it('says where a text stops being JSON, without repeating it', () => {
    for (const text of [
      '',
      '  ',
      '{',
      '{"a":}',
      "{'a':1}",
      '{"secret-value":tru}',
      '[1,]',
      'NaN',
      '01',
      '"a',
      '{"a":1}}',
      '{} {}',
    ]) {
      expect(problemOf(text), text).to.match(/^malformed: /);
      expect(problemOf(text), text).not.to.include('secret');
    }
    expect(problemOf('{"a":1,}')).to.equal('malformed: the text is not JSON at character 8');
  });
});
