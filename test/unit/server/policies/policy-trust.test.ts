import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { expect } from 'chai';
import { PolicyRefusal } from '../../../../src/server/policies/policy-refusal.ts';
import {
  keyIdOf,
  type PolicySignature,
  signDigest,
} from '../../../../src/server/policies/policy-signature.ts';
import {
  acceptSignature,
  acceptStored,
  NO_TRUST,
  type PolicyTrust,
} from '../../../../src/server/policies/policy-trust.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const ours = generateKeyPairSync('ed25519');
const theirs = generateKeyPairSync('ed25519');

function trusting(isRequired: boolean, ...keys: readonly KeyObject[]): PolicyTrust {
  return { keys: new Map(keys.map((key) => [keyIdOf(key), key])), isRequired };
}

function outcome(accept: () => void): string {
  try {
    accept();
    return 'accepted';
  } catch (error) {
    expect(error).to.be.instanceOf(PolicyRefusal);
    return (error as PolicyRefusal).code;
  }
}

const good = signDigest(ours.privateKey, DIGEST);
const ofOther = signDigest(ours.privateKey, OTHER);
const unknown = signDigest(theirs.privateKey, DIGEST);
const forged: PolicySignature = { ...unknown, keyId: good.keyId };
const undomained: PolicySignature = {
  keyId: good.keyId,
  signature: sign(null, Buffer.from(DIGEST), ours.privateKey),
};
const short: PolicySignature = { keyId: good.keyId, signature: good.signature.subarray(0, 63) };

describe('signatures of policies', () => {
  const required = trusting(true, ours.publicKey);
  const optional = trusting(false, ours.publicKey);

  it('name their key by its content', () => {
    expect(good.keyId).to.match(/^ed25519:[0-9a-f]{16}$/);
    expect(unknown.keyId).not.to.equal(good.keyId);
  });

  const published: readonly [string, PolicySignature | undefined, string, string, string][] = [
    // what, signature, where required, where optional, where no key is known
    ['a good one', good, 'accepted', 'accepted', 'accepted'],
    ['none', undefined, 'signature_missing', 'accepted', 'accepted'],
    ['one of another content', ofOther, 'signature_invalid', 'signature_invalid', 'accepted'],
    ['one by an unknown key', unknown, 'signature_untrusted', 'signature_untrusted', 'accepted'],
    [
      'one by an unknown key under the id of a known one',
      forged,
      'signature_invalid',
      'signature_invalid',
      'accepted',
    ],
    [
      'one that was made for something else',
      undomained,
      'signature_invalid',
      'signature_invalid',
      'accepted',
    ],
    ['one that is too short', short, 'signature_invalid', 'signature_invalid', 'accepted'],
  ];
  for (const [what, signature, ...expected] of published) {
    it(`published with ${what}: ${expected.join(', ')}`, () => {
      const found = [required, optional, NO_TRUST].map((trust) =>
        outcome(() => acceptSignature(DIGEST, signature, trust)),
      );
      expect(found).to.deep.equal(expected);
    });
  }

  const stored: readonly [string, readonly PolicySignature[], string, string][] = [
    ['a good one', [good], 'accepted', 'accepted'],
    ['none', [], 'signature_missing', 'accepted'],
    ['a bad one', [ofOther], 'signature_invalid', 'signature_invalid'],
    ['a forged one', [forged], 'signature_invalid', 'signature_invalid'],
    ['an unknown one', [unknown], 'signature_untrusted', 'accepted'],
    ['a good one among others', [unknown, forged, good], 'accepted', 'accepted'],
  ];
  for (const [what, signatures, ...expected] of stored) {
    it(`loaded with ${what}: ${expected.join(', ')}`, () => {
      const found = [required, optional].map((trust) =>
        outcome(() => acceptStored(DIGEST, signatures, trust)),
      );
      expect(found).to.deep.equal(expected);
      expect(outcome(() => acceptStored(DIGEST, signatures, NO_TRUST))).to.equal('accepted');
    });
  }

  it('may change keys: two may vouch for one content', () => {
    const both = trusting(true, ours.publicKey, theirs.publicKey);
    for (const one of [good, unknown])
      expect(outcome(() => acceptStored(DIGEST, [one], both))).to.equal('accepted');
  });
});
