import { expect } from 'chai'
import fc from 'fast-check'
import { ladderLayout } from './ladder-layout.ts'

const NAMES = ['client', 'fw-a', 'fw-b', 'server']
const DROPPED = { from: 3, to: 2, mark: '×' }

function drawn(columns: number, words = '12 PSH ACK 128 B'): readonly string[] {
  const layout = ladderLayout(NAMES, columns)
  return [
    layout.heading,
    layout.aside('-- after host-swap --'),
    layout.packet('0.610924', DROPPED, words),
    layout.packet('', { from: 2, to: 3 }, 'RST'),
  ].flatMap((text) => text.split('\n'))
}

describe('report/ladder-layout', () => {
  it('has lanes well apart where nothing is narrow', () => {
    expect(drawn(Number.POSITIVE_INFINITY)).to.deep.equal([
      '            client         fw-a           fw-b           server',
      '            -- after host-swap --',
      '  0.610924  │              │              ×──────────────│  12 PSH ACK 128 B',
      '            │              │              │──────────────▶  RST',
    ])
  })

  it('has them closer on a narrower screen, and breaks what does not fit beside them', () => {
    expect(drawn(60, '12 PSH ACK 128 B, fw-a forwarder')).to.deep.equal([
      '            client  fw-a    fw-b    server',
      '            -- after host-swap --',
      '  0.610924  │       │       ×───────│  12 PSH ACK 128 B,',
      '                                       fw-a forwarder',
      '            │       │       │───────▶  RST',
    ])
  })

  it('has what packets carry above the lanes where these would be too close', () => {
    expect(drawn(40)).to.deep.equal([
      'client     fw-a       fw-b       server',
      '-- after host-swap --',
      '  0.610924  12 PSH ACK 128 B',
      '│          │          ×──────────│',
      '│          │          │──────────▶  RST',
    ])
  })

  it('cuts names that would meet', () => {
    const hosts = Array.from({ length: 8 }, (_, at) => `firewall-${at + 1}`)
    expect(ladderLayout(['client', ...hosts, 'server'], 60).heading).to.equal(
      'clie… fire… fire… fire… fire… fire… fire… fire… fire… server',
    )
  })

  it('is never wider than the screen', () => {
    const words = fc.array(fc.constantFrom('12', 'PSH', 'ACK', 'forwarder,'), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: 160 }),
        fc.integer({ min: 1, max: 8 }),
        words,
        (columns, hosts, all) => {
          const names = ['client', ...Array.from({ length: hosts }, (_, at) => `fw-${at}`), 'server']
          const layout = ladderLayout(names, columns)
          for (const time of ['', '12.345678']) {
            const text = layout.packet(time, { from: 0, to: hosts + 1, via: 1 }, all.join(' '))
            for (const line of text.split('\n')) expect(line.length).to.be.at.most(columns)
          }
          expect(layout.heading.length).to.be.at.most(columns)
        },
      ),
    )
  })
})
