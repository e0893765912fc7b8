import { expect } from 'chai'
import { putU16 } from '../../wire/bytes.ts'
import { packet } from '../example-engine.test.ts'
import { fold } from '../oracle-cases.test.ts'
import { judge } from '../oracle-compare.test.ts'
import type { OracleOptions } from '../oracle-suricata.test.ts'
import { QUIET } from './play.test.ts'
import { chance, dice, pick, type Roll } from './random.test.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 1)
const TALKS = 400
const SETUPS: readonly OracleOptions[] = [{ exception: 'drop' }, { exception: 'continue', midstream: true }]
/** Of a quiet application, DNS, HTTP, SMB and RDP, after different numbers of whose bytes detection gives up. */
const PORTS = [QUIET, 53, 80, 445, 3389]
const LENGTHS = [0, 0, 7, 8, 16, 17, 20, 25, 36, 60]

type Way = '>' | '<'

/**
 * A talk in order, in which what one side sends and what the other acknowledges of it may cross; at its end stale data of one side,
 * which an old timestamp makes an error unless data of that side is still kept.
 */
function talk(roll: Roll): string[] {
  const next = { '>': 1, '<': 1 }
  const acked = { '>': 1, '<': 1 }
  const other = (way: Way): Way => (way === '>' ? '<' : '>')
  const side = () => pick(roll, ['>', '<'] as const)
  const lines = ['> S 0 ts=100/0', '< SA 0 1 ts=100/100', '> A 1 1 ts=101/100']
  for (let count = 1 + roll(7); count > 0; count--) {
    const way = side()
    const length = pick(roll, LENGTHS)
    if (chance(roll, 50)) acked[way] = next[other(way)]
    const what = length > 0 ? `PA ${next[way]} ${acked[way]} len=${length}` : `A ${next[way]} ${acked[way]}`
    lines.push(`${way} ${what} ts=${99 + lines.length}/${98 + lines.length}`)
    next[way] += length
  }
  const way = side()
  const stale = `${way} PA -90 ${acked[way]} len=20 ts=5/102`
  return [...lines, stale, stale]
}

describe(`engine against real Suricata: who has spoken since detection gave up, seed ${SEED}`, () => {
  for (const setup of SETUPS)
    it(`${JSON.stringify(setup)}: ${TALKS} talks in order on each of ${PORTS.length} ports`, async () => {
      const roll = dice(SEED)
      const talks = PORTS.flatMap((port) =>
        Array.from({ length: TALKS }, () => ({ port, lines: talk(roll) })),
      )
      const cases = talks.map(({ port, lines }) => ({
        name: '',
        frames: lines.map((line, at) => {
          const { bytes } = packet(line)
          putU16(bytes, line.startsWith('>') ? 36 : 34, port)
          return { time: at * 1e6, bytes }
        }),
      }))
      const { frames, owner } = fold(cases)
      const judged = await judge(frames, setup)
      const found = judged.flatMap(({ ours, theirs }, index) => {
        if (ours === theirs) return []
        const { port, lines } = talks[owner[index] ?? 0] ?? { port: 0, lines: [] }
        return [`${ours}, Suricata ${theirs}: port ${port}: ${lines.join(' | ')}`]
      })
      expect(found.slice(0, 9)).to.deep.equal([])
      expect(judged.filter(({ theirs }) => theirs !== 'forward').length).to.be.greaterThan(TALKS)
    })
})
