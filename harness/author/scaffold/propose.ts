import { carriedFlags } from '../../flow/carried.ts'
import type { Impact } from '../../model/case.ts'
import type { CaseFinished, CaseTrace } from '../../model/run-log.ts'
import type { Setup } from '../../model/setup.ts'
import { contentWords } from '../../report/packet-words.ts'
import { CaptureStore } from '../../run/captures.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { placeInjections } from '../../timeline/compile.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import { playCases } from '../reference.ts'
import { type Condensed, condense } from './condense.ts'
import { caseOf, type Draft, type DraftCase } from './draft.ts'

/** What the reference did with a case under one policy. */
export interface Shot {
  readonly policy: string
  readonly setup: Setup
  readonly trace: CaseTrace
  /** By phase that was played. */
  readonly phases: ReadonlyMap<string, Condensed>
  /** Growth of AWS's counters, over all hosts, where the profile is of AWS. */
  readonly counters: Readonly<Record<string, number>>
  /** Resets that an end got because a session expired. */
  readonly expiry: { readonly client: number; readonly server: number }
  readonly impact: Impact['kind'] | undefined
  /** Packets that met the exception policy. */
  readonly exceptions: number
}

/** A case of a draft with what is proposed for it. */
export interface Proposal {
  readonly draft: DraftCase
  /** The flow in words: `tcp 192.0.2.10:40000 → 198.51.100.20:7, 26 packets`. */
  readonly flow: string
  /** By injection: the packet before which it happens, in words. */
  readonly places: readonly string[]
  /** In the order in which they are played. */
  readonly phases: readonly string[]
  readonly shots: readonly Shot[]
  /** What was looked at and agreed with, by policy and phase (`agreementOf`). */
  readonly agreed: ReadonlySet<string>
}

/** The name of one thing to agree with: what a phase showed under a policy. */
export function agreementOf(policy: string, phase: string): string {
  return `${policy} ${phase}`
}

const COUNTED = ['StreamExceptionPolicyPackets', 'DroppedPackets', 'RejectedPackets'] as const

/**
 * Plays every case of a draft on the reference under each of its policies. Throws what is wrong with the capture, a flow, a position
 * or the setup, and ERR_SUITE_NEW where the reference cannot play it.
 */
export async function propose(draft: Draft, signal: AbortSignal): Promise<readonly Proposal[]> {
  const captures = new CaptureStore()
  const [policy = 'drop'] = draft.policies
  const found: { readonly draft: DraftCase; readonly flow: string; readonly places: readonly string[] }[] = []
  for (const one of draft.cases) {
    const test = caseOf(draft, one, policy)
    const recorded = await captures.load(draft.capture, test.setup)
    checkFlow(draft.capture, recorded, one.flow)
    found.push({
      draft: one,
      flow: flowWords(recorded, one.flow),
      places: placeInjections(recorded, test.injections, one.flow < 0 ? undefined : one.flow).map(
        ({ packet, injection }, index) => {
          checkPacket(draft.capture, recorded, one, `${one.inject[index]}`, 'packet' in injection.at, packet)
          return packetText(recorded, packet)
        },
      ),
    })
  }
  const cases = draft.cases.flatMap((one) => draft.policies.map((each) => caseOf(draft, one, each)))
  const played = await playCases(cases, captures, signal)
  return found.map(({ draft: one, ...words }) => {
    const shots = draft.policies.map((each) => {
      const test = caseOf(draft, one, each)
      const result = played.get(test.name)
      if (result === undefined || 'why' in result)
        throw new FlowbreakError(
          'ERR_SUITE_NEW',
          `The reference did not play ${test.name}${result === undefined ? '' : ` (${result.why})`}: nothing is proposed.`,
        )
      return shotOf(each, test.setup, result.finished, one.flow)
    })
    const phases = new Set(shots.flatMap(({ trace }) => trace.phases))
    return { draft: one, ...words, phases: [...phases], shots, agreed: new Set() }
  })
}

/** Throws ERR_SUITE_NEW where a capture has no such flow. */
function checkFlow(capture: string, { flows }: Recorded, flow: number): void {
  if (flow < flows.count) return
  const last = flows.count - 1
  throw new FlowbreakError(
    'ERR_SUITE_NEW',
    last < 0
      ? `${capture} has no flows that could be broken: record a connection.`
      : `${capture} has ${last === 0 ? 'flow 0 alone' : `flows 0 to ${last}`}, and no flow ${flow}: flowbreak capture info ${capture} --flows lists them.`,
  )
}

/** How many packets of each flow a capture has. */
export function flowSizes({ batch, flows }: Recorded): readonly number[] {
  const sizes = new Array<number>(flows.count).fill(0)
  for (let i = 0; i < batch.count; i++) {
    const flow = batch.flow[i] ?? -1
    if (flow >= 0) sizes[flow] = (sizes[flow] ?? 0) + 1
  }
  return sizes
}

export function flowWords(recorded: Recorded, flow: number): string {
  if (flow < 0) return `all ${recorded.flows.count} flows, ${recorded.batch.count} packets`
  const { protocol, client, server } = recorded.flows.info(flow)
  return `${protocol} ${client} → ${server}, ${flowSizes(recorded)[flow]} packets`
}

/** A packet that is named by its number has to be of the flow that is broken. */
function checkPacket(
  capture: string,
  { batch }: Recorded,
  { flow }: DraftCase,
  text: string,
  byNumber: boolean,
  packet: number,
): void {
  const found = batch.flow[packet - 1] ?? -1
  if (!byNumber || flow < 0 || found === flow) return
  const whose = found < 0 ? 'no flow' : `flow ${found}`
  throw new FlowbreakError(
    'ERR_SUITE_NEW',
    `${text} is about packet ${packet} of ${capture}, which is of ${whose} and not of flow ${flow}: name a packet of that flow, or as it is in the flow (c2s:data#2).`,
  )
}

/** A packet by its number, from 1, in words: `packet 12, c2s PSH ACK 5 B, 1.250 s into the capture`. */
export function packetText({ batch }: Recorded, packet: number): string {
  const index = packet - 1
  const at = (((batch.time[index] ?? 0) - (batch.time[0] ?? 0)) / 1e9).toFixed(3)
  const what = contentWords(batch.kind[index] ?? 0, carriedFlags(batch, index), batch.payload[index] ?? 0)
  return `packet ${batch.number[index]}, ${batch.direction[index] === 0 ? 'c2s' : 's2c'} ${what}, ${at} s into the capture`
}

function shotOf(policy: string, setup: Setup, { trace, counters, impact }: CaseFinished, flow: number): Shot {
  if (trace === undefined) throw new TypeError('A case that was played has a trace.')
  const phases = trace.phases.flatMap((phase) => {
    const condensed = condense(trace, phase, flow)
    return condensed === undefined ? [] : [[phase, condensed] as const]
  })
  const grown = (name: string) => counters.reduce((sum, host) => sum + (host[name] ?? 0), 0)
  const resets = (end: 'client' | 'server') =>
    trace.emitted.filter(
      (each) =>
        each.index < 0 &&
        each.kind === 'tcp-rst' &&
        each.to === end &&
        each.acceptable &&
        (flow < 0 || each.flow === flow),
    ).length
  return {
    policy,
    setup,
    trace,
    phases: new Map(phases),
    counters: Object.fromEntries(
      (setup.profile === 'aws-nfw' ? COUNTED : []).map((name) => [name, grown(name)]),
    ),
    expiry: { client: resets('client'), server: resets('server') },
    impact: impact?.kind,
    exceptions: grown('StreamExceptionPolicyPackets'),
  }
}
