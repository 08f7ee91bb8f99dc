import { expect } from '@open-wc/testing';
import { kernel } from '../../src/kernels/compression/kernel.js';
import { manifest, type CompressionPayload } from '../../src/kernels/compression/manifest.js';
import type { BytesOutput, VectorsOutput } from '../../src/kernels/compression/present.js';
import { encodedOutput, run } from '../kernels/compression-context.js';
import { FIXED } from '../kernels/compression-fixed.js';

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

describe('compression kernel in a page', () => {
  for (const [name, { payload, sha256: recorded }] of Object.entries(FIXED)) {
    it(`gives the bytes of ${name} that Node gives, and reads them back`, async () => {
      expect(await sha256(await encodedOutput(payload))).to.equal(recorded);
      const { data, maxError } = (await run(payload)) as unknown as BytesOutput;
      const back = (await run({ op: 'decompress', data })) as unknown as BytesOutput | VectorsOutput;
      const original = manifest.normalise(payload) as unknown as CompressionPayload;
      if ('vectors' in original && 'vectors' in back) {
        const errors = original.vectors.map((value, i) => Math.abs(value - back.vectors[i]!));
        expect(errors.reduce((most, error) => Math.max(most, error))).to.be.at.most(Math.fround(maxError));
      } else expect('data' in original && 'data' in back && (await sha256(back.data)) === (await sha256(original.data))).to.equal(true);
    });
  }

  it('is the version whose bytes are recorded', () => {
    expect([kernel.kind, kernel.version]).to.deep.equal(['compression', 1]);
  });
});
