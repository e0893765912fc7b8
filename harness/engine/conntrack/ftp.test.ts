import { expect } from 'chai'
import { FlowTable } from '../../flow/table.ts'
import { Link } from '../../model/codes.ts'
import { packet } from '../example-engine.test.ts'
import { batchOf } from '../oracle-cases.test.ts'
import { Expected } from './expected.ts'
import { announcedBy, openedBy } from './ftp.ts'

const CLIENT = 'c000020a'
const SERVER = 'c6336450'
const CLIENT6 = `${'20'.repeat(15)}01`
const SERVER6 = `${'20'.repeat(15)}02`

/** What a line of a control connection announces. */
function announced(way: '>' | '<', text: string, family: 'ipv4' | 'ipv6' = 'ipv4'): string | undefined {
  const line = Buffer.from(text, 'latin1')
  const { bytes } = packet(`${way} PA 1 1 len=${line.length}`, { family })
  bytes.set(line, bytes.length - line.length)
  return announcedBy(batch(bytes), 0, way === '>')
}

function batch(bytes: Uint8Array) {
  const made = batchOf([{ time: 0, bytes }])
  made.link.fill(Link.ethernet)
  new FlowTable().assign(made)
  return made
}

describe('conntrack: the FTP helper', () => {
  it('reads the four announcements', () => {
    expect(announced('>', 'PORT 192,0,2,10,195,80\r\n')).to.equal(`${SERVER}>${CLIENT}:50000`)
    expect(announced('>', 'EPRT |2|2020::1|50001|\r\n', 'ipv6')).to.equal(`${SERVER6}>${CLIENT6}:50001`)
    expect(announced('<', '227 Entering Passive Mode (198,51,100,80,195,80).\r\n')).to.equal(
      `${CLIENT}>${SERVER}:50000`,
    )
    expect(announced('<', '229 Entering Extended Passive Mode (|||50001|)\r\n', 'ipv6')).to.equal(
      `${CLIENT6}>${SERVER6}:50001`,
    )
  })

  it('believes neither another address, nor a line that is no announcement of that side', () => {
    for (const [way, text] of [
      ['>', 'PORT 192,0,2,11,195,80\r\n'],
      ['<', '227 Entering Passive Mode (192,0,2,10,195,80).\r\n'],
      ['<', 'PORT 198,51,100,80,195,80\r\n'],
      ['>', '227 (192,0,2,10,195,80)\r\n'],
      ['>', 'PORT 192,0,2,10,300,80\r\n'],
      ['>', 'PORT 192,0,2,10,195,80'],
      ['<', '229 Extended (|||70000|)\r\n'],
      ['<', '226 Transfer complete (198,51,100,80,195,80).\r\n'],
      ['>', ''],
    ] as const)
      expect(announced(way, text), text).to.equal(undefined)
  })

  it('knows the connection by who opens it to where, whatever port it comes from', () => {
    for (const port of [40_000, 50_123])
      expect(openedBy(batch(packet(`> S 0 port=${port}`).bytes), 0)).to.equal(`${CLIENT}>${SERVER}:80`)
  })
})

describe('conntrack: expected connections', () => {
  const FIVE_MINUTES = 300e9

  it('are met once, within five minutes', () => {
    const expected = new Expected()
    expected.announce('a', 0)
    expected.announce('b', 0)
    expect([
      expected.meet('a', FIVE_MINUTES - 1),
      expected.meet('a', 1),
      expected.meet('b', FIVE_MINUTES),
    ]).to.deep.equal([true, false, false])
    expect(expected.isEmpty).to.equal(true)
  })

  it('are told of once', () => {
    const expected = new Expected()
    expected.announce('a', 0)
    const fresh = expected.takeFresh()
    expect(fresh).to.deep.equal({ key: 'a', until: FIVE_MINUTES - 1 })
    expect(expected.takeFresh()).to.equal(undefined)
    const other = new Expected()
    if (fresh !== undefined) other.add(fresh)
    expect(other.takeFresh()).to.equal(undefined)
    expect(other.meet('a', 1)).to.equal(true)
  })

  it('are so many at most, the latest', () => {
    const expected = new Expected()
    for (let n = 0; n < 5000; n++) expected.announce(`${n}`, 0)
    expect([
      expected.meet('0', 1),
      expected.meet('4999', 1),
      expected.meet('904', 1),
      expected.meet('903', 1),
    ]).to.deep.equal([false, true, true, false])
  })
})
