import { expect } from 'chai'
import { putU16 } from '../wire/bytes.ts'
import { packet } from './example-engine.test.ts'
import { fold, type OracleCase } from './oracle-cases.test.ts'
import { judge } from './oracle-compare.test.ts'

/** What comes before there is a session: rules are asked about the flow, in one direction or both. */
const BEFORE = [[], ['> R 9'], ['< R 9'], ['> R 9', '< R 9'], ['> . 9', '< . 9']] as const
/** Bytes of each of the two packets of a side; nearly, exactly and more than what is kept of those acknowledged. */
const LENGTHS = [600, 1279, 1280, 1281, 2559, 2560, 2561, 2600] as const
const CHUNK = 2560
/** Of stale data. */
const STALE = 20

/** Both sides send twice, which is more than tells that the application is not known; then stale data comes that ends at `end`. */
function stale(
  before: readonly string[],
  length: number,
  end: number,
  acked: boolean,
  way: '>' | '<',
): OracleCase {
  const after = 2 * length + 1
  const lines = [
    ...before,
    `> PA 1 1 len=${length}`,
    `< PA 1 ${length + 1} len=${length}`,
    `> PA ${length + 1} ${length + 1} len=${length}`,
    `< PA ${length + 1} ${after} len=${length}`,
    ...(acked ? [`> PA ${after} ${after} len=1`, `< PA ${after} ${after + 1} len=1`] : []),
    `${way} PA ${end - STALE} ${after} len=${STALE}`,
  ]
  // An old timestamp makes what is not passed over an error.
  const stamped = lines.map((line, at) => `${line} ts=${at === lines.length - 1 ? 5 : 100 + at}/100`)
  const frames = stamped
    .map((line) => packet(line))
    .map(({ bytes }, at) => ({
      time: at * 1e6,
      bytes: onQuietPort(bytes, stamped[at]?.startsWith('>') === true),
    }))
  return { name: lines.join(', '), frames }
}

/** To or from a server's port that belongs to no application of which Suricata waits for more. */
function onQuietPort(frame: Uint8Array, toServer: boolean): Uint8Array {
  putU16(frame, toServer ? 36 : 34, 7007)
  return frame
}

const CASES: readonly OracleCase[] = BEFORE.flatMap((before) =>
  LENGTHS.flatMap((length) => {
    const edges = [length, 2 * length].map((acked) => 1 + acked - CHUNK)
    const ends = [-9000, 1, STALE, length, ...edges.flatMap((edge) => [edge, edge + 1])]
    return ends.flatMap((end) =>
      [false, true].flatMap((acked) =>
        (['>', '<'] as const).map((way) => stale(before, length, end, acked, way)),
      ),
    )
  }),
)

describe('engine against real Suricata: flows that rules were asked about before there was a session', () => {
  it('stale data of a side that rules were asked about before is passed over, up to what was let go', async () => {
    const { frames, owner } = fold(CASES)
    const judged = await judge(frames, { exception: 'continue', midstream: true })
    const named = judged.map(({ ours, theirs, equal }, at) => ({
      ours,
      theirs,
      equal,
      name: CASES[owner[at] ?? 0]?.name,
    }))
    const differences = named.filter(({ equal }) => !equal)
    expect(differences.map(({ ours, theirs, name }) => `${name}: ${ours}, Suricata ${theirs}`)).to.deep.equal(
      [],
    )
    const last = CASES.map((_, at) => judged[owner.lastIndexOf(at)]?.theirs)
    for (const verdict of ['forward', 'drop stream error'])
      expect(last.filter((each) => each === verdict).length, verdict).to.be.greaterThan(CASES.length / 5)
  })
})
