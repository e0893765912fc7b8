import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EVIDENCE_TIMELINE } from '../../log/evidence.ts'
import type { CaseTrace } from '../../model/run-log.ts'
import { type EvidenceTimeline, TIMELINE_SCHEMA, type TimelineFrame } from '../../run/evidence/timeline.ts'
import { FlowbreakError, messageOf } from '../../support/errors.ts'
import { loadRecorded } from '../../timeline/recorded.ts'
import type { Arm, ArmFrame, CaseFrames } from './frames.ts'

/**
 * The frames of a case by arm of each host, from its evidence: those that were really sent, what injections made among them, and those
 * that came out, resets of the device's own among them. Controls are left out. `capture`: its file in the folder of the case. Throws
 * ERR_BUG where the folder is not whole.
 */
export async function evidenceFrames(capture: string, trace: CaseTrace): Promise<CaseFrames> {
  const timeline = timelineBeside(capture)
  const { batch, epoch } = await loadRecorded(capture)
  if (batch.count !== timeline.frames.length)
    throw new FlowbreakError(
      'ERR_BUG',
      `${capture} has ${batch.count} frames, and its timeline knows ${timeline.frames.length}: report verify says what is not as it was written.`,
    )
  const offset = Number(epoch - BigInt(timeline.epoch))
  const arms = new Map<string, { sent: ArmFrame[]; seen: ArmFrame[] }>()
  const armOf = (name: string) => {
    const arm = arms.get(name) ?? { sent: [], seen: [] }
    arms.set(name, arm)
    return arm
  }
  // Of a target that has no wires nobody has seen what it forwarded: then it is what was sent.
  const isSeen = timeline.frames.some(({ what, way }) => what === 'packet' && way === 'seen')
  for (const [row, told] of timeline.frames.entries()) {
    const host = hostOf(told, trace)
    if (told.what === 'control' || host === undefined) continue
    const frame = { at: Math.max(0, (batch.time[row] ?? 0) + offset), frame: batch.copyFrame(row) }
    armOf(told.interface)[told.way].push(frame)
    if (!isSeen && told.what === 'packet' && trace.verdict[told.step ?? -1] === 'f')
      armOf(`${host} ${told.interface.endsWith(' client') ? 'server' : 'client'}`).seen.push(frame)
  }
  const list = [...arms].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    arms: list.map(([name, { sent, seen }]): Arm => {
      const side = name.endsWith(' client') ? 'client' : 'server'
      return { host: name.slice(0, -side.length - 1), side, sent, seen }
    }),
    epoch: BigInt(timeline.epoch),
    link: batch.link[0] ?? 0,
    made: [],
    source: isSeen ? 'wires' : 'offered',
  }
}

/** The host that a frame is of; undefined: it is of the load balancer. */
function hostOf({ interface: name }: TimelineFrame, { hosts }: CaseTrace): string | undefined {
  return hosts.find((host) => name === `${host} client` || name === `${host} server`)
}

function timelineBeside(capture: string): EvidenceTimeline {
  const file = join(dirname(capture), EVIDENCE_TIMELINE)
  try {
    const timeline: EvidenceTimeline = JSON.parse(readFileSync(file, 'utf8'))
    if (timeline.schema === TIMELINE_SCHEMA && Array.isArray(timeline.frames)) return timeline
    throw new Error('it is of another version')
  } catch (thrown) {
    throw new FlowbreakError('ERR_BUG', `The evidence ${file} cannot be read (${messageOf(thrown)}).`, {
      cause: thrown,
    })
  }
}
