import { FlowTable } from '../../flow/table.ts'
import { NANOS_PER_SECOND, PacketBatch } from '../../model/batch.ts'
import { Role } from '../../model/codes.ts'
import { type Reading, tunnelsOf } from '../../model/reading.ts'
import type { Setup } from '../../model/setup.ts'
import type { Session } from '../../model/target.ts'
import type { HostEvent, TimedEvent, TimelineChunk } from '../../model/timeline.ts'
import { readingOf } from '../../profile/reading.ts'
import { seededRandom } from '../../timeline/random.ts'
import { decodeBatch } from '../../wire/decode.ts'
import { AnswerSheet } from './answer-sheet.ts'
import { type Ends, PROBE_LINK, Talk } from './frames.ts'
import type { Moment } from './lateness.ts'
import { type EventStep, parseProbe, type Step } from './notation.ts'
import type { Answer, Probe } from './probe.ts'
import type { Recording } from './recording.ts'

/** Zero of the times of probes: 2026-01-01, a whole second. */
export const EPOCH = 1_767_225_600_000_000_000n
const CHUNK = 2048
/** Packets of a timeline that is kept to be played again. */
export const MOST_KEPT = 65_536
/** When the first packet of a probe is sent: early in a second, so that clocks of whole seconds tick as gaps say. */
const BEGIN = 1.1
/** Probes that begin in the same second, half a millisecond apart. */
const ABREAST = 256
const STAGGER = 0.0005
const SERVER_PORT = 7007

/** A packet of a probe, or an event before it, at its time. */
export interface Timed {
  readonly at: number
  readonly probe: number
  readonly host: number
  readonly frame?: Uint8Array
  /** A `Link` code; absent: that of probes. */
  readonly link?: number
  readonly events?: readonly HostEvent[]
}

export interface PlayOptions {
  readonly session: Session
  readonly setup: Setup
  /** What is emitted is part of answers. */
  readonly emissions: boolean
  readonly signal: AbortSignal
  /** Keeps the frames. */
  readonly recording?: Recording
  /**
   * Fragments are of one flow however late they come: on a clock that cannot be set a target may still have those before when its time-out
   * has passed by the timeline.
   */
  readonly timed?: boolean
}

/** Probes of one setup in one timeline, each between addresses of its own. */
export interface Compiled {
  readonly probes: number
  readonly packets: number
  readonly steps: readonly Timed[]
  /** By probe: its packets. */
  readonly counts: readonly number[]
  /** What was made of them, by the reading. */
  readonly prepared: Map<string, Prepared>
}

/** Puts probes together in the order of their packets' times; `seed` draws addresses, ports and sequence numbers. */
export function compileProbes(probes: readonly Probe[], seed: number): Compiled {
  const random = seededRandom(seed)
  const offset = random() % 16
  const steps: Timed[] = []
  probes.forEach(({ script }, probe) => {
    const talk = new Talk(endsOf(probe, offset, random))
    let at = BEGIN + (probe % ABREAST) * STAGGER
    let host = 0
    for (const step of parseProbe(script)) {
      at += step.gap
      host = step.packet?.host ?? host
      steps.push({ at, probe, host, ...contentOf(step, talk) })
    }
  })
  steps.sort((one, other) => one.at - other.at)
  const counts = probes.map(() => 0)
  for (const { probe, frame } of steps) if (frame !== undefined) counts[probe] = (counts[probe] ?? 0) + 1
  const packets = counts.reduce((sum, count) => sum + count, 0)
  return { probes: probes.length, packets, steps, counts, prepared: new Map() }
}

export interface Came {
  /** By probe. */
  readonly answers: readonly Answer[]
  /** What was emitted could not be seen. */
  readonly unseen: boolean
  /** By probe, by packet: when it was really sent; absent: when it was to be. */
  readonly sent?: readonly (readonly Moment[])[]
}

/** Plays probes and answers what came of each; not twice at the same time. */
export async function playCompiled(
  compiled: Compiled,
  { session, setup, emissions, signal, recording, timed = false }: PlayOptions,
): Promise<Came> {
  const answers = new AnswerSheet(compiled.counts, emissions, setup)
  const { chunks, owners, flows } = prepare(compiled, timed ? patient(readingOf(setup)) : readingOf(setup))
  const owner = (step: number) => owners[step] ?? -1
  const timeline = { epoch: EPOCH, phases: ['before'], chunks: inTurn(chunks) }
  const ownerOfFlow = (flow: number) => flows.get(flow) ?? -1
  session.tap?.(recording === undefined ? undefined : (frame) => recording.note(frame))
  for await (const observed of session.replay(timeline, signal)) {
    answers.take(observed, owner, ownerOfFlow)
    recording?.take(observed, owner, ownerOfFlow)
  }
  const { unseen, sent } = answers
  return { answers: answers.read(), unseen, ...(sent === undefined ? {} : { sent }) }
}

function contentOf({ packet, event }: Step, talk: Talk): Partial<Timed> {
  if (packet !== undefined) return { frame: talk.frame(packet) }
  return event === undefined ? {} : { events: eventsOf(event) }
}

/** What a step of a probe does to hosts. */
export function eventsOf(event: EventStep): readonly HostEvent[] {
  if (event.kind === 'set-timeout') return [{ kind: 'set-timeout', scope: 'hosts', tcpIdle: event.seconds }]
  if (event.kind === 'fill-table') return [{ kind: 'fill-table', scope: 'hosts' }]
  if (event.kind === 'takeover') return [{ kind: 'drain', host: 0, flow: -1 }]
  return [
    { kind: 'drain', host: 0, flow: -1 },
    { kind: 'end-drain', host: 0 },
    { kind: 'export', host: 0 },
    { kind: 'replicate', host: 0 },
  ]
}

/** Clients in 198.18.64.0/18 and their servers in 198.19.64.0/18 (RFC 2544), away from the addresses of controls. */
function endsOf(probe: number, offset: number, random: () => number): Ends {
  const number = probe + offset + 1
  const low = [64 + ((number >> 8) & 63), number & 255] as const
  return {
    addresses: [
      [198, 18, ...low],
      [198, 19, ...low],
    ],
    ports: [20_000 + (random() % 20_000) + (number >> 14), SERVER_PORT],
    initial: [random(), random()],
  }
}

/** Decoded packets of a timeline, in chunks, with the probes that they are of; played again and again by a model. */
interface Prepared {
  readonly chunks: Iterable<TimelineChunk>
  /** By step: its probe; so far as chunks were asked for. */
  readonly owners: readonly number[]
  /** By flow: its probe. */
  readonly flows: ReadonlyMap<number, number>
}

/** Once for each way of reading: a session fills verdicts and emissions only, which are cleared. What is large is not kept. */
function prepare({ steps, prepared }: Compiled, reading: Reading): Prepared {
  if (steps.length > MOST_KEPT) return chunked(steps, reading)
  const key = JSON.stringify(reading)
  const known = prepared.get(key)
  if (known === undefined) {
    const lazily = chunked(steps, reading)
    const made = { ...lazily, chunks: [...lazily.chunks] }
    prepared.set(key, made)
    return made
  }
  for (const { packets } of known.chunks) {
    packets.verdict.fill(0)
    packets.reason.fill(0)
    packets.emitted.length = 0
    packets.parts.length = 0
  }
  return known
}

function patient(reading: Reading): Reading {
  const never = Number.MAX_SAFE_INTEGER
  return { ...reading, fragments: { ...reading.fragments, timeout4: never, timeout6: never } }
}

function chunked(timed: readonly Timed[], reading: Reading): Prepared {
  const owners: number[] = []
  const flows = new Map<number, number>()
  return { chunks: chunksOf(timed, reading, owners, flows), owners, flows }
}

function* chunksOf(
  timed: readonly Timed[],
  reading: Reading,
  owners: number[],
  flows: Map<number, number>,
): Generator<TimelineChunk> {
  const table = new FlowTable(reading)
  let from = 0
  while (from < timed.length) {
    const to = endOfChunk(timed, from)
    const batch = new PacketBatch(to - from, (to - from) * 128)
    batch.tunnels = tunnelsOf(reading)
    const events: TimedEvent[] = []
    for (const { at, probe, host, frame, link = PROBE_LINK, events: happened } of timed.slice(from, to)) {
      const time = Math.round(at * NANOS_PER_SECOND)
      for (const event of happened ?? []) events.push({ before: batch.count, at: time, event })
      if (frame === undefined) continue
      append(batch, frame, { step: owners.length, time, host, link })
      owners.push(probe)
    }
    decodeBatch(batch)
    table.assign(batch)
    for (let i = 0; i < batch.count; i++)
      if ((batch.flow[i] ?? -1) >= 0) flows.set(batch.flow[i] ?? -1, owners[batch.step[i] ?? -1] ?? -1)
    yield { packets: batch, events }
    from = to
  }
}

async function* inTurn(chunks: Iterable<TimelineChunk>): AsyncGenerator<TimelineChunk> {
  yield* chunks
}

/** A chunk ends before each event, which may depend on what was observed before it. */
function endOfChunk(timed: readonly Timed[], from: number): number {
  const most = Math.min(from + CHUNK, timed.length)
  for (let at = from + 1; at < most; at++) if (timed[at]?.events !== undefined) return at
  return most
}

function append(
  batch: PacketBatch,
  frame: Uint8Array,
  { step, time, host, link }: Record<'step' | 'time' | 'host' | 'link', number>,
): void {
  const n = batch.count
  const at = n === 0 ? 0 : (batch.start[n - 1] ?? 0) + (batch.captured[n - 1] ?? 0)
  if (at + frame.length > batch.bytes.length) batch.growBytes(2 * (at + frame.length), at)
  batch.bytes.set(frame, at)
  batch.number[n] = step + 1
  batch.start[n] = at
  batch.captured[n] = frame.length
  batch.original[n] = frame.length
  batch.time[n] = time
  batch.link[n] = link
  batch.step[n] = step
  batch.phase[n] = 0
  batch.role[n] = Role.probe
  batch.host[n] = host
  batch.verdict[n] = 0
  batch.reason[n] = 0
  batch.count = n + 1
}
