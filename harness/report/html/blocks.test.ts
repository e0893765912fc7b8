import { expect } from 'chai'
import fc from 'fast-check'
import { asciiMarkup, asciiScript } from './ascii.ts'
import { Blocks } from './blocks.ts'
import { frontCoded, frontDecoded } from './client/front.ts'
import { unpacked } from './client/inflate.ts'

describe('what the page holds', () => {
  it('is in its blocks as it was put there, however large and in whatever letters', async () => {
    const values = [...'aä€😀'].map((letter, at) => ({
      at,
      text: letter.repeat(at === 2 ? 700_000 : 90_000),
    }))
    const blocks = new Blocks()
    const places = [...values, ...values].map((value) => blocks.add(value))
    blocks.close()
    expect(blocks.list.length).to.be.above(1)
    const read = await Promise.all(blocks.list.map((block) => unpacked(block) as Promise<unknown[]>))
    expect(places.map(([block, place]) => read[block]?.[place])).to.deep.equal([...values, ...values])
  })

  it('has names in full again', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (names) => {
        expect(frontDecoded(JSON.parse(JSON.stringify(frontCoded(names))))).to.deep.equal(names)
      }),
      { seed: 3 },
    )
    expect(frontCoded(['core/a/policy:drop', 'core/a/policy:reject'])).to.deep.equal([
      0,
      'core/a/policy:drop',
      14,
      'reject',
    ])
  })

  it('is ASCII, and means the same', () => {
    expect(asciiMarkup('a → 😀')).to.equal('a &#8594; &#128512;')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = asciiScript(JSON.stringify(text))
        expect(json).to.match(/^[\0-\x7f]*$/)
        expect(JSON.parse(json)).to.equal(text)
      }),
      { seed: 4 },
    )
  })
})
