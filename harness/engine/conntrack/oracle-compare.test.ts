import { FlowTable } from '../../flow/table.ts'
import type { PacketBatch, Rebuilt } from '../../model/batch.ts'
import { Kind, nameOf, Reason, Verdict } from '../../model/codes.ts'
import { PLAIN_READING } from '../../model/reading.ts'
import { getProfile, type Knobs } from '../../profile/index.ts'
import { fragmentReadingOf } from '../../profile/reading.ts'
import { buildReset } from '../../wire/reset.ts'
import { Engine } from '../engine.ts'
import { changed } from '../example-engine.test.ts'
import { batchOf, type OracleCase } from '../oracle-cases.test.ts'
import { type LabFrame, labFrames, readTag } from './oracle-frames.test.ts'
import type { Kernel, KernelSetup, Seen, Sent } from './oracle-kernel.test.ts'

/** A packet of which the engine and the kernel say different things. */
export interface Difference {
  readonly owner: number
  /** Index of the packet within its case. */
  readonly index: number
  readonly text: string
  /** Verdicts. */
  readonly ours: number
  readonly theirs: number
}

/** What a comparison found. */
export interface Comparison {
  readonly packets: number
  /** By the kernel's verdict. */
  readonly agreed: Readonly<Record<string, number>>
  readonly differences: readonly Difference[]
  /** The packets compared, and whether they agree. */
  readonly compared: readonly { readonly owner: number; readonly index: number; readonly agree: boolean }[]
}

/** How a comparison is played. */
export interface PlayOptions {
  /** Waits between packets as their times say; else all at once, and the engine is told so. */
  readonly inTime?: boolean
  readonly knobs?: { readonly [K in keyof Knobs]?: NonNullable<Knobs[K]>['value'] }
}

/** Plays cases through a kernel and through the engine with the same set-up; holds verdicts and resets against each other. */
export async function compare(
  kernel: Kernel,
  setup: KernelSetup,
  cases: readonly OracleCase[],
  options: PlayOptions = {},
): Promise<Comparison> {
  const first = kernel.take(cases.length)
  const frames = labFrames(cases, first)
  if (options.inTime === true) frames.sort((a, b) => a.time - b.time)
  const seen = await kernel.play(stepsOf(frames, options.inTime === true))
  const batch = decide(frames, setup, options)
  return judge(cases, first, frames, batch, new Outcomes(seen))
}

function stepsOf(frames: readonly LabFrame[], inTime: boolean): Sent[] {
  const steps: Sent[] = []
  let last = 0
  for (const { side, bytes, time } of frames) {
    if (inTime && time > last) steps.push({ until: time / 1e9 })
    last = Math.max(last, time)
    steps.push({ side, bytes })
  }
  return steps
}

function decide(frames: readonly LabFrame[], setup: KernelSetup, options: PlayOptions): PacketBatch {
  const batch = batchOf(
    frames.map(({ bytes, time }, index) => ({ bytes, time: options.inTime === true ? time : index })),
  )
  const policy = { exception: setup.exception, ruleOrder: 'action', defaultActions: [] } as const
  const profile = changed(getProfile('linux-conntrack'), {
    continueMode: setup.loose ? 'pickup' : 'untracked',
    invalid: setup.dropsInvalid === true ? 'drop' : 'policy',
    ...options.knobs,
  })
  new FlowTable({ ...PLAIN_READING, fragments: fragmentReadingOf(profile.knobs) }).assign(batch)
  new Engine({ profile, policy, rules: [], hosts: 1 }).decide(batch, 0, batch.count)
  return batch
}

function judge(
  cases: readonly OracleCase[],
  first: number,
  frames: readonly LabFrame[],
  batch: PacketBatch,
  outcomes: Outcomes,
): Comparison {
  const agreed: Record<string, number> = {}
  const differences: Difference[] = []
  const compared: { owner: number; index: number; agree: boolean }[] = []
  const truths = outcomes.about(frames, batch)
  for (const [at, { owner: number, index }] of frames.entries()) {
    const truth = truths[at]
    if (truth === undefined) continue
    const owner = number - first
    const ours = batch.verdict[at] ?? 0
    compared.push({ owner, index, agree: ours === truth })
    if (ours === truth) {
      const name = nameOf(Verdict, truth)
      agreed[name] = (agreed[name] ?? 0) + 1
      continue
    }
    const why = nameOf(Reason, batch.reason[at] ?? 0)
    const text = `${cases[owner]?.name}, packet ${index + 1}: ${nameOf(Verdict, ours)} ${why}, Linux ${nameOf(Verdict, truth)}`
    differences.push({ owner, index, text, ours, theirs: truth })
  }
  for (const { owner: number, text } of outcomes.unexplained()) {
    const owner = number - first
    const theirs = Verdict.reject
    differences.push({ owner, index: -1, ours: Verdict.drop, theirs, text: `${cases[owner]?.name}: ${text}` })
  }
  return { packets: compared.length, agreed, differences, compared }
}

/** What came out of the kernel. */
class Outcomes {
  readonly #forwarded = new Set<string>()
  /** The firewall's own packets by their bytes from IP on, each with how often it came out and whose case it is of. */
  readonly #own = new Map<string, { count: number; readonly owner: number }>()

  constructor(seen: readonly Seen[]) {
    for (const { bytes } of seen) {
      const read = readTag(bytes)
      if (read === undefined) continue
      const { owner, tag } = read
      if (tag !== 0) {
        this.#forwarded.add(`${owner} ${tag}`)
        continue
      }
      const key = keyOf(bytes)
      const own = this.#own.get(key) ?? { count: 0, owner }
      own.count++
      this.#own.set(key, own)
    }
  }

  /**
   * The verdicts about all packets; undefined for fragments that complete no datagram, since what becomes of one is said of the
   * fragment that completes it. A reset must be, byte for byte, the one that the engine would send. About several packets it
   * may be the same: then it is taken to be about one that the engine rejects.
   */
  about(frames: readonly LabFrame[], batch: PacketBatch): (number | undefined)[] {
    const rebuilt = new Map(batch.rebuilt.map((whole) => [whole.index, whole]))
    const causes = frames.map((_, at) => {
      const kind = batch.kind[at]
      const fragment = kind === Kind.fragment4 || kind === Kind.fragment6
      return fragment ? rebuilt.get(at) : at
    })
    const truths: (number | undefined)[] = causes.map(() => undefined)
    for (const rejected of [true, false])
      for (const [at, cause] of causes.entries())
        if (cause !== undefined && (batch.verdict[at] === Verdict.reject) === rejected)
          truths[at] = this.#of(frames[at], batch, cause)
    return truths
  }

  #of(frame: LabFrame | undefined, batch: PacketBatch, cause: number | Rebuilt): number {
    if (this.#forwarded.has(`${frame?.owner} ${frame?.tag}`)) return Verdict.forward
    const reset = buildReset(batch, cause, 'sender', 'rfc')
    const own = reset === undefined ? undefined : this.#own.get(keyOf(reset.frame))
    if (own === undefined || own.count === 0) return Verdict.drop
    own.count--
    return Verdict.reject
  }

  /** The firewall's packets that no verdict explains. */
  *unexplained(): Generator<{ readonly owner: number; readonly text: string }> {
    for (const [key, { count, owner }] of this.#own)
      if (count > 0)
        yield { owner, text: `${count} × ${Buffer.from(key, 'latin1').toString('hex')} of the kernel's own` }
  }
}

/** A reset's bytes from IP on. Where its checksum comes to 0, Linux writes that as 0xffff, which is the same number. */
function keyOf(frame: Uint8Array): string {
  const bytes = Buffer.from(frame.subarray(14))
  const at = bytes.length - 4
  if (bytes.readUInt16BE(at) === 0) bytes.writeUInt16BE(0xffff, at)
  return bytes.toString('latin1')
}
