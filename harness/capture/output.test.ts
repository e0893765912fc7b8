import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
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

  it('leaves nothing if it is not closed', () => {
    {
      using output = new Output(join(folder, 'file'))
      output.reserve(10)
    }
    expect(readdirSync(folder)).to.deep.equal([])
  })
})
