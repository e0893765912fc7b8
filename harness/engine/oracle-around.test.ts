import { FlowTable } from '../flow/table.ts'
import type { PacketBatch } from '../model/batch.ts'
import { nameOf, Reason, Tunnels, Verdict } from '../model/codes.ts'
import type { ExceptionPolicy } from '../model/setup.ts'
import { getProfile } from '../profile/index.ts'
import { decodeBatch } from '../wire/decode.ts'
import { Engine } from './engine.ts'
import { batchOf, type OracleCase } from './oracle-cases.test.ts'
import { runSuricata } from './oracle-suricata.test.ts'

export interface OracleSetup {
  readonly exception: ExceptionPolicy
  readonly rules?: readonly string[]
  /** Hold verdicts alone against each other: the rules drop a tunnel's own flow, which the engine does not keep. */
  readonly verdictsOnly?: boolean
}

/** How many packets the engine and Suricata judged, and where they differ. */
export interface Comparison {
  readonly packets: number
  readonly stopped: number
  readonly differences: readonly string[]
}

/**
 * Plays cases that do not meet each other (each has addresses of its own) through real Suricata and the engine, looking into
 * tunnels, in one process each.
 */
export async function compareAll(
  what: string,
  cases: readonly OracleCase[],
  { exception, rules = [], verdictsOnly = false }: OracleSetup,
): Promise<Comparison> {
  const owners = cases.flatMap((each) => each.frames.map(() => each.name))
  const frames = cases.flatMap((each) => each.frames)
  const { verdicts: truth } = await runSuricata(frames, { exception, rules })
  const batch = judged(frames, { exception, rules })
  const differences: string[] = []
  for (const [index, { verdict, reason }] of truth.entries()) {
    const ours = batch.verdict[index] ?? 0
    const why = batch.reason[index] === Reason.none ? '' : nameOf(Reason, batch.reason[index] ?? 0)
    if (ours === verdict && (verdictsOnly || why === reason)) continue
    const place = `${owners[index]}, frame ${index + 1 - owners.indexOf(owners[index] ?? '')}`
    differences.push(
      `${place}: ${nameOf(Verdict, ours)} ${why}, Suricata ${nameOf(Verdict, verdict)} ${reason}`,
    )
  }
  console.info(`      ${what}: ${frames.length - differences.length} of ${frames.length} packets agree`)
  const stopped = truth.filter(({ verdict }) => verdict !== Verdict.forward).length
  return { packets: frames.length, stopped, differences }
}

/** The frames as the engine judges them in profile suricata-7. */
function judged(
  frames: OracleCase['frames'],
  { exception, rules }: { readonly exception: ExceptionPolicy; readonly rules: readonly string[] },
): PacketBatch {
  const batch = batchOf(frames)
  batch.tunnels = Tunnels.inner
  decodeBatch(batch)
  new FlowTable().assign(batch)
  const policy = { exception, ruleOrder: 'action', defaultActions: [] } as const
  new Engine({ profile: getProfile('suricata-7'), policy, rules, hosts: 1 }).decide(batch, 0, batch.count)
  return batch
}
