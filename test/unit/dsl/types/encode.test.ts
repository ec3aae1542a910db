import { expect } from 'chai';
import { setField } from '../../../../src/dsl/types/encode.ts';

describe('setField', () => {
  it('sets any field, also the one that assigning would take for the prototype', () => {
    const json: Record<string, unknown> = {};
    setField(json, '__proto__', { admin: true });
    setField(json, 'constructor', 1);
    expect(JSON.stringify(json)).to.equal('{"__proto__":{"admin":true},"constructor":1}');
    expect(Object.getPrototypeOf(json)).to.equal(Object.prototype);
    expect((json as { admin?: boolean }).admin).to.equal(undefined);
  });
});
