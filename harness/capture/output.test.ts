import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { FlowbreakError } from '../support/errors.ts'
import { Output } from './output.ts'

describe('capture/output', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-output-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('writes everything in order, whatever the lengths', () => {
    const path = join(folder, 'some/file')
    const lengths = [1, 20_000, 0, 300_000, 1 << 20, 7, (1 << 20) + 1, 2, (1 << 20) - 2, 5]
    {
      using output = new Output(path)
      for (const [index, length] of lengths.entries()) {
        const at = output.reserve(length)
        output.bytes.fill(index + 1, at, at + length)
      }
      output.close()
    }
    const expected = Buffer.concat(lengths.map((length, index) => Buffer.alloc(length, index + 1)))
    expect(readFileSync(path).equals(expected)).to.equal(true)
  })

  it('replaces no device and no pipe', () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    expect(() => new Output(pipe)).to.throw(FlowbreakError, `${pipe} is a device or a pipe`)
    expect(readdirSync(folder)).to.deep.equal(['pipe'])
  })

  it('keeps what was written through its view', () => {
    const path = join(folder, 'file')
    using output = new Output(path)
    for (let number = 0; number < 50_000; number++) {
      const at = output.reserve(4)
      output.view.setUint32(at, number)
    }
    output.close()
    const bytes = readFileSync(path)
    expect([bytes.length, bytes.readUInt32BE(0), bytes.readUInt32BE(199_996)]).to.deep.equal([
      200_000, 0, 49_999,
    ])
  })

  it('holds pieces of any size, in their order, and tells them all', () => {
    const size = fc.oneof(fc.nat(70_000), fc.integer({ min: 200_000, max: 2_500_000 }))
    const path = join(folder, 'file')
    fc.assert(
      fc.property(fc.array(size, { maxLength: 40 }), (sizes) => {
        const told = createHash('sha256')
        const put = createHash('sha256')
        using output = new Output(path, (bytes) => told.update(bytes))
        for (const [number, length] of sizes.entries()) {
          const at = output.reserve(length)
          output.bytes.fill(number + 1, at, at + length)
          put.update(Buffer.alloc(length, number + 1))
        }
        output.close()
        const expected = put.digest('hex')
        expect(told.digest('hex')).to.equal(expected)
        expect(createHash('sha256').update(readFileSync(path)).digest('hex')).to.equal(expected)
      }),
      { numRuns: 30 },
    )
  })

  it('leaves nothing if it is not closed', () => {
    {
      using output = new Output(join(folder, 'file'))
      output.reserve(10)
    }
    expect(readdirSync(folder)).to.deep.equal([])
  })
})
