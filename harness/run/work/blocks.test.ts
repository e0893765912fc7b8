import { expect } from 'chai'
import { Blocks, SharedBlocks } from './blocks.ts'

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

  it('sends memory to the thread of the run once, until a block has other memory', () => {
    const [blocks, shared] = [new Blocks(true), new SharedBlocks()]
    const sent = [1, 2, 1 << 18, 3].map((length, at) => {
      const { block, lines } = blocks.take()
      lines.text(`${at}`.repeat(length))
      const lent = blocks.lend(block)
      const got = shared.linesOf(structuredClone({ block, lines: lent }))
      expect(Buffer.from(got).toString()).to.equal(`${at}`.repeat(length))
      blocks.back(block)
      return typeof lent
    })
    expect(sent).to.deep.equal(['object', 'number', 'object', 'number'])
  })

  it('keeps the blocks of a worker apart', () => {
    const [blocks, shared] = [new Blocks(true), new SharedBlocks()]
    const lend = (text: string) => {
      const { block, lines } = blocks.take()
      lines.text(text)
      return { block, lines: blocks.lend(block) }
    }
    const first = [lend('one'), lend('two')].map((part) => structuredClone(part))
    for (const part of first) shared.linesOf(part)
    for (const { block } of first) blocks.back(block)
    const again = ['three', 'four'].map((text) => structuredClone(lend(text)))
    expect(again.map(({ lines }) => lines)).to.deep.equal([5, 4])
    expect(again.map((part) => Buffer.from(shared.linesOf(part)).toString())).to.deep.equal(['three', 'four'])
  })

  it('sends the lines themselves to a process', () => {
    const [blocks, shared] = [new Blocks(false), new SharedBlocks()]
    for (const text of ['one', 'three']) {
      const { block, lines } = blocks.take()
      lines.text(text)
      const part = structuredClone({ block, lines: blocks.lend(block) })
      expect(Buffer.from(shared.linesOf(part)).toString()).to.equal(text)
      blocks.back(block)
    }
  })
})
