import { expect } from 'chai';
import type { Builtin } from '../../../../src/dsl/builtins/builtin.ts';
import { findBuiltin } from '../../../../src/dsl/builtins/registry.ts';
import { parseIp } from '../../../../src/dsl/types/parse-ip.ts';
import { type Outcome, setOf, UNKNOWN, type Value, ValueMap } from '../../../../src/dsl/types/values.ts';

const WORLD = { now: 0, sources: {} };

function call(name: string, ...args: readonly Value[]): Outcome {
  const builtin = findBuiltin(name) as Builtin;
  if (builtin.evaluate === undefined) throw new Error(`${name} needs the world`);
  return builtin.evaluate(args, WORLD);
}

describe('set.size and set.is_empty', () => {
  const entries = new Map<string, Value>([['a', 'a']]);

  it('count sets, lists and maps', () => {
    expect(call('set.size', setOf(['a', 'b', 'a']))).to.equal(2);
    expect(call('set.size', ['a', 'a'])).to.equal(2);
    expect(call('set.size', new ValueMap(entries, new Map([['a', UNKNOWN]])))).to.equal(1);
    expect(call('set.is_empty', setOf([]))).to.equal(true);
    expect(call('set.is_empty', [])).to.equal(true);
    expect(call('set.is_empty', new ValueMap(new Map(), new Map()))).to.equal(true);
    expect(call('set.is_empty', [false])).to.equal(false);
  });

  it('know nothing of a collection that is not wholly known', () => {
    const partial: readonly Value[] = [
      setOf(['a'], true),
      setOf([], true),
      new ValueMap(entries, entries, true),
      ['a', UNKNOWN],
    ];
    for (const collection of partial) {
      expect(call('set.size', collection)).to.equal(UNKNOWN);
      expect(call('set.is_empty', collection)).to.equal(UNKNOWN);
    }
  });
});

describe('string.length', () => {
  it('counts code points, halves of pairs alone included', () => {
    expect(call('string.length', 'naïve 🙂')).to.equal(7);
    expect(call('string.length', '\ud83d')).to.equal(1);
    expect(call('string.length', '\ude42\ud83d')).to.equal(2);
    expect(call('string.length', '🙂'.repeat(1000))).to.equal(1000);
  });
});

describe('ip.is_private and ip.is_loopback', () => {
  const isPrivate = (text: string) => call('ip.is_private', parseIp(text)!);
  const isLoopback = (text: string) => call('ip.is_loopback', parseIp(text)!);

  it('end exactly where the networks do', () => {
    const inside =
      '10.0.0.0 10.255.255.255 172.16.0.0 172.31.255.255 192.168.0.0 192.168.255.255 169.254.0.0 169.254.255.255 fc00:: fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff fe80:: febf::1 ::ffff:10.0.0.1';
    const outside =
      '9.255.255.255 11.0.0.0 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 169.253.255.255 169.255.0.0 fbff::1 fe00:: fe7f::1 fec0:: 127.0.0.1 ::1 100.64.0.1 203.0.113.7 2001:db8::1';
    for (const text of inside.split(' ')) expect(isPrivate(text), text).to.equal(true);
    for (const text of outside.split(' ')) expect(isPrivate(text), text).to.equal(false);
    for (const text of ['127.0.0.0', '127.255.255.255', '::1', '::ffff:127.0.0.1']) {
      expect(isLoopback(text), text).to.equal(true);
    }
    for (const text of ['126.255.255.255', '128.0.0.0', '::', '::2', '10.0.0.1']) {
      expect(isLoopback(text), text).to.equal(false);
    }
  });
});

describe('agent.is_bot and agent.family', () => {
  const CHROME =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

  it('tell browsers from programs', () => {
    expect(call('agent.is_bot', CHROME)).to.equal(false);
    expect(call('agent.is_bot', 'python-requests/2.32.0')).to.equal(true);
    expect(call('agent.is_bot', '   ')).to.equal(true);
    expect(call('agent.family', CHROME)).to.equal('chrome');
  });

  it('find no family in what is none', () => {
    for (const text of ['', ' ', 'x']) expect(call('agent.family', text)).to.equal(undefined);
  });

  it('know nothing of what is too long to be looked at', () => {
    expect(call('agent.is_bot', CHROME.padEnd(2048))).to.equal(false);
    expect(call('agent.is_bot', CHROME.padEnd(2049))).to.equal(UNKNOWN);
    expect(call('agent.family', CHROME.padEnd(2049))).to.equal(UNKNOWN);
  });

  it('come to an end with any text that is short enough', () => {
    const texts = ['Mozilla/5.0 ', '(', 'a/', 'bot', ' ', 'Android '].map((part) =>
      part.repeat(2048).slice(0, 2048),
    );
    for (const text of texts) {
      expect(call('agent.is_bot', text)).to.be.a('boolean');
      expect(call('agent.family', text)).not.to.equal(UNKNOWN);
    }
  });
});
