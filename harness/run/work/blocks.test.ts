import { expect } from 'chai'
import { Blocks } from './blocks.ts'

describe('run/work/blocks', () => {
  it('fills a block again once it was given back, and not before', () => {
    const blocks = new Blocks(false)
    const first = blocks.take()
    first.lines.text('lent')
    const second = blocks.take()
    second.lines.text('other')
    expect(first.lines.view().toString()).to.equal('lent')
    blocks.back(first.block)
    const third = blocks.take()
    expect([third.block, third.lines.length]).to.deep.equal([first.block, 0])
    expect(blocks.take().block).not.to.be.oneOf([first.block, second.block])
  })

  it('shares its memory with the thread of the run only if there is one', () => {
    for (const isShared of [true, false]) {
      const { lines } = new Blocks(isShared).take()
      lines.text('x'.repeat(1 << 18))
      expect(structuredClone(lines.view()).buffer instanceof SharedArrayBuffer).to.equal(isShared)
    }
  })
})
