import { expect } from 'chai'
import { putU16 } from '../../wire/bytes.ts'
import { packet } from '../example-engine.test.ts'
import { fold, type OracleCase } from '../oracle-cases.test.ts'
import { judge } from '../oracle-compare.test.ts'

/** A server's port that belongs to no application of which Suricata waits for more. */
const QUIET = 7007
const HANDSHAKE = ['> S 0 ts=100/0', '< SA 0 1 ts=100/100', '> A 1 1 ts=101/100']
/** What an old timestamp makes an error unless it is passed over for coming from before the first byte. */
const STALE = '< PA -90 1 len=20 ts=5/102'
const STALE_OF_CLIENT = '> PA -90 41 len=20 ts=5/102'
const CLIENT_MISSED = ['< PA 1 1 len=40', '> FA 2 41 len=30', '< A 41 1']
const SERVER_MISSED = ['> PA 1 1 len=300', '> FA 301 1', '< PA 2 301 len=100', '> A 302 102']

/** Conversations about when an application is given up and when data is lost, and what becomes of their last packets. */
const CASES: readonly (readonly [name: string, lines: readonly string[], last: readonly string[]])[] = [
  [
    'a byte in the place of the FIN is the first one: nothing is missed, and no wrong RST is believed',
    [...HANDSHAKE, '< F 1', '< PA 1 9 len=1', '< PA 2 9 len=1400', '< RA 70000 9'],
    ['drop stream error'],
  ],
  [
    'the FIN after 7 bytes of the server is no eighth',
    [...HANDSHAKE, '> PA 1 1 len=400', '< PA 1 401 len=7', '< FA 8 401', STALE, STALE],
    ['forward', 'forward'],
  ],
  [
    'the FIN of 7 bytes of the server is no eighth',
    [...HANDSHAKE, '> PA 1 1 len=400', '< FA 1 401 len=7', '> A 401 9', STALE, STALE],
    ['forward', 'forward'],
  ],
  [
    'the FIN of 8 bytes of the server comes after all that tells',
    [...HANDSHAKE, '> PA 1 1 len=400', '< FA 1 401 len=8', '> A 401 10', STALE, STALE],
    ['drop stream error', 'drop stream error'],
  ],
  [
    "the server's ACK tells, since the client's first bytes are missing, whose data is kept until its next packet",
    [...HANDSHAKE, ...CLIENT_MISSED, STALE, STALE_OF_CLIENT, STALE_OF_CLIENT],
    ['drop stream error', 'forward', 'drop stream error'],
  ],
  [
    'that next packet may be any',
    [...HANDSHAKE, ...CLIENT_MISSED, '> A 31 41', STALE_OF_CLIENT],
    ['forward', 'drop stream error'],
  ],
  [
    "the client's ACK tells, since the server's first bytes are missing, whose data is kept until its next packet",
    [...HANDSHAKE, ...SERVER_MISSED, STALE_OF_CLIENT, STALE, STALE],
    ['drop stream error', 'forward', 'drop stream error'],
  ],
  [
    "the server's first bytes tell, which come last; the client's data is kept until its next packet",
    [
      ...HANDSHAKE,
      '> PA 1 1 len=300',
      '< PA 5 301 len=100',
      '< PA 1 301 len=4',
      STALE_OF_CLIENT,
      STALE_OF_CLIENT,
    ],
    ['forward', 'drop stream error'],
  ],
]

describe('engine against real Suricata: when an application is given up, and when data is lost', () => {
  it('every packet, and the last ones as they are said to be', async () => {
    const { frames, owner } = fold(CASES.map(([name, lines]) => asCase(name, lines)))
    const judged = await judge(frames, { exception: 'drop' })
    for (const [at, [name, , last]] of CASES.entries()) {
      const own = judged.filter((_, index) => owner[index] === at)
      expect(
        own.map(({ ours }) => ours),
        name,
      ).to.deep.equal(own.map(({ theirs }) => theirs))
      expect(
        own.slice(-last.length).map(({ theirs }) => theirs),
        name,
      ).to.deep.equal(last)
    }
  })
})

function asCase(name: string, lines: readonly string[]): OracleCase {
  const frames = lines.map((line, at) => {
    const { bytes } = packet(line)
    putU16(bytes, line.startsWith('>') ? 36 : 34, QUIET)
    return { time: at * 1e6, bytes }
  })
  return { name, frames }
}
