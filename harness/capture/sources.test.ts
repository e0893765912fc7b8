import { expect } from 'chai'
import fc from 'fast-check'
import { FlowbreakError } from '../support/errors.ts'
import {
  CLASSIC_FORMS,
  classicExample,
  readBytes,
  readPiped,
  SAMPLES,
  type Sample,
  type WasRead,
} from './example-captures.test.ts'
import { pcapngExample } from './example-pcapng.test.ts'
import { MAX_FRAME } from './records.ts'

const EXAMPLES = [
  ...CLASSIC_FORMS.map((form) => ({
    name: `pcap ${JSON.stringify(form)}`,
    bytes: classicExample(form).bytes,
  })),
  ...[true, false].map((little) => ({ name: `pcapng little=${little}`, bytes: pcapngExample(little).bytes })),
]

const samples = fc.array(
  fc
    .record({
      at: fc.bigInt({ min: 0n, max: 4_000_000_000_000_000n }),
      frame: fc.uint8Array({ maxLength: 300 }),
      more: fc.nat(2000),
    })
    .map(({ at, frame, more }): Sample => ({ at: at * 1000n, frame, original: frame.length + more })),
  { maxLength: 30 },
)

/** The bytes in pieces of the given lengths, taken round and round. */
function chunks(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length] ?? 1
    pieces.push(bytes.subarray(at, at + length))
    at += length
  }
  return pieces
}

const lengths = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 })

/** What was read, or the code of the error: the only one that may be thrown. */
async function outcome(read: Promise<WasRead>): Promise<WasRead | string> {
  try {
    return await read
  } catch (thrown) {
    if (thrown instanceof FlowbreakError) return thrown.code
    throw thrown
  }
}

describe('capture/sources', () => {
  for (const { name, bytes } of EXAMPLES)
    it(`gives the same packets of ${name} in batches of any size`, async () => {
      const whole = await readBytes(bytes)
      expect(whole.packets).to.have.length(SAMPLES.length)
      for (const capacity of [1, 2, 3, 5, 100])
        for (const byteCapacity of [0, 1, 16, 100, 150, 1000]) {
          expect(await readBytes(bytes, capacity, byteCapacity)).to.deep.equal(whole)
          expect(await readPiped([bytes], capacity, byteCapacity)).to.deep.equal(whole)
        }
    })

  it('gives the same from a pipe as from a file, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        samples,
        fc.constantFrom(...CLASSIC_FORMS),
        lengths,
        fc.integer({ min: 1, max: 9 }),
        async (recorded, form, sizes, capacity) => {
          const { bytes } = classicExample(form, recorded)
          const read = await readBytes(bytes)
          expect(read.packets.map(({ frame }) => frame)).to.deep.equal(
            recorded.map(({ frame }) => Buffer.from(frame).toString('hex')),
          )
          expect(await readPiped(chunks(bytes, sizes), capacity, 500)).to.deep.equal(read)
        },
      ),
      { seed: 5, numRuns: 100 },
    )
    for (const { bytes } of EXAMPLES) {
      const read = await readBytes(bytes)
      for (const size of [1, 2, 3, 5, 7, 11, 13, 64]) {
        expect(await readPiped(chunks(bytes, [size]))).to.deep.equal(read)
        expect(await readPiped(chunks(bytes, [size]), 1, 0)).to.deep.equal(read)
      }
    }
  })

  it('survives any change of bytes, by file and by pipe alike', async () => {
    const flips = fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...EXAMPLES), flips, lengths, async (example, changes, sizes) => {
        const bytes = Uint8Array.from(example.bytes)
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        const filed = await outcome(readBytes(bytes, 3, 64))
        const piped = await outcome(readPiped(chunks(bytes, sizes), 4, 128))
        if (typeof filed === 'string' || typeof piped === 'string') {
          expect(piped).to.equal(filed)
          return
        }
        expect(piped.packets).to.deep.equal(filed.packets)
        expect(piped.damage?.offset).to.equal(filed.damage?.offset)
        for (const { frame } of filed.packets) expect(frame.length / 2).to.be.at.most(MAX_FRAME)
        if (filed.damage !== undefined) expect(filed.damage.offset).to.be.within(0, bytes.length)
      }),
      { seed: 8, numRuns: 1500 },
    )
  })
})
