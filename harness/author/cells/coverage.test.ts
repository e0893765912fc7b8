import { expect } from 'chai'
import { loadSuites } from '../../run/suites.ts'
import { isEmptyBy } from './cells.ts'
import { coverageOf, isGap } from './coverage.ts'
import { coverageText } from './text.ts'

const ROOT = new URL('../../../', import.meta.url).pathname

describe('coverageOf', () => {
  it('counts a case once in each cell that its events, setup and flow are in', async () => {
    const cases = loadSuites(['palo-alto/every-event'], [ROOT]).flatMap((suite) => suite.cases)
    const { cells } = await coverageOf(cases.filter(({ name }) => name.includes('/path-return/')))
    const shown = cells.filter((cell) => cell.cases > 0)
    expect(new Set(shown.map(({ event }) => event))).to.deep.equal(
      new Set(['host-swap:drain', 'path-return']),
    )
    expect(new Set(shown.map(({ protocol }) => protocol))).to.deep.equal(new Set(['tcp', 'udp', 'icmp']))
    expect(new Set(shown.map((cell) => `${cell.sharing} ${cell.policy}`))).to.deep.equal(
      new Set(['store drop', 'store continue']),
    )
    expect(shown).to.have.length(2 * 3 * 2 * 2)
    expect(shown.every((cell) => cell.cases === 1)).to.equal(true)
  })

  it('tells gaps from cells that a rule keeps empty', async () => {
    const { cells } = await coverageOf([])
    const kept = cells.filter(({ rule }) => rule !== undefined)
    expect(kept.every(({ sharing, policy }) => sharing === 'store' && policy === 'reject')).to.equal(true)
    expect(cells.filter(isGap)).to.have.length(cells.length - kept.length)
  })

  it('draws every cell within 80 columns, gaps and rules by signs of their own', async () => {
    const lines = [...coverageText(await coverageOf([]), 80, false)]
    expect(lines[0]).to.match(/^0 cases; 1080 cells, 1080 of them empty \(100\.0 %\): 60 by a rule, 1020/)
    for (const line of lines.flatMap((text) => text.split('\n'))) expect(line.length).to.be.at.most(80)
    const row = lines.find((line) => line.startsWith('idle-gap') && line.includes('udp  ipv6'))
    expect(row?.slice(34)).to.equal('! ! !  ! ! !  ! ! !  ! - !  ! ! !  ! ! !')
  })

  it('draws a table of as many sharings as fit after another on a narrow screen', async () => {
    const found = await coverageOf([])
    for (const [columns, tables] of [
      [40, 2],
      [60, 1],
    ] as const) {
      const lines = [...coverageText(found, columns, false)].flatMap((text) => text.split('\n'))
      for (const line of lines) expect(line.length, line).to.be.at.most(columns)
      expect(lines.filter((line) => line === 'idle-gap')).to.have.length(tables)
      const cells = lines.filter((line) => /^ {2}(tcp|udp|icmp)/.test(line)).map((line) => line.slice(13))
      expect(cells.join(' ').split(/ +/)).to.have.length(found.cells.length)
    }
  })
})

describe('isEmptyBy', () => {
  const cell = { event: 'idle-gap', sharing: 'none', policy: 'drop', protocol: 'udp' } as const

  it('holds a rule against all that it says, and nothing else', () => {
    expect(isEmptyBy({ reason: 'any' }, cell)).to.equal(true)
    expect(isEmptyBy({ events: ['idle-gap'], protocols: ['udp', 'icmp'], reason: '' }, cell)).to.equal(true)
    expect(isEmptyBy({ events: ['idle-gap'], protocols: ['tcp'], reason: '' }, cell)).to.equal(false)
    expect(isEmptyBy({ sharings: ['snat'], reason: '' }, cell)).to.equal(false)
    expect(isEmptyBy({ policies: ['reject'], reason: '' }, cell)).to.equal(false)
  })
})
