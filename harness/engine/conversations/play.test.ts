import { expect } from 'chai'
import { putU16 } from '../../wire/bytes.ts'
import { packet } from '../example-engine.test.ts'
import { fold, type OracleCase } from '../oracle-cases.test.ts'
import { judge } from '../oracle-compare.test.ts'
import type { OracleOptions } from '../oracle-suricata.test.ts'

/** A server's port that belongs to no application of which Suricata waits for more. */
export const QUIET = 7007

/** A conversation in lines, and what becomes of its last packets; `port` is the server's, `QUIET` when absent. */
export type Case = readonly [name: string, lines: readonly string[], last: readonly string[], port?: number]

/** Plays each case through the engine and Suricata, which have to agree about every packet, and to say `last` of its last ones. */
export async function play(cases: readonly Case[], options: OracleOptions): Promise<void> {
  const { frames, owner } = fold(cases.map(asCase))
  const judged = await judge(frames, options)
  for (const [at, [name, , last]] of cases.entries()) {
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
}

function asCase([name, lines, , port = QUIET]: Case): OracleCase {
  const frames = lines.map((line, at) => {
    const { bytes } = packet(line)
    putU16(bytes, line.startsWith('>') ? 36 : 34, port)
    return { time: at * 1e6, bytes }
  })
  return { name, frames }
}
