import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { headerOf } from '../../appliance/flow-headers.ts'
import { nameOf, Reason, Verdict } from '../../model/codes.ts'
import { isForwardedAfterAll } from '../../model/target.ts'
import type { HostEvent, TimelineChunk } from '../../model/timeline.ts'
import { chunkOf, type Step } from '../../observe/live/live-bench.test.ts'
import { makeSetup } from '../../suite/setup.ts'
import type { TargetSpec } from '../spec.ts'
import { makeTarget } from '../targets.ts'

/** What an appliance does with a datagram that is no control: what it returns, and after how many milliseconds. */
export type Behaviour = (payload: Uint8Array, appliance: ExampleAppliance) => readonly Answer[]

export interface Answer {
  readonly payload: Uint8Array
  readonly delay?: number
  /** By another socket than the one that it listens on, to another port, or both. */
  readonly socket?: Socket
  readonly port?: number
}

/** Sends everything back. */
export const ECHO: Behaviour = (payload) => [{ payload }]

/** A small appliance on the loopback, which returns controls and does to all else what it was told. */
export class ExampleAppliance implements AsyncDisposable {
  readonly socket: Socket
  behaviour: Behaviour
  controls: Behaviour = ECHO
  /** Answers at all. */
  alive = true
  /** What came, controls left out. */
  readonly came: Uint8Array[] = []
  /** Port that the last datagram came from. */
  from = 0
  readonly #timers = new Set<NodeJS.Timeout>()

  private constructor(socket: Socket, behaviour: Behaviour) {
    this.socket = socket
    this.behaviour = behaviour
    socket.on('message', (payload, { address, port }) => this.#take(payload, address, port))
  }

  static async open(behaviour: Behaviour = ECHO, address = '127.0.0.1', port = 0): Promise<ExampleAppliance> {
    return new ExampleAppliance(await bound(address, port), behaviour)
  }

  get port(): number {
    return this.socket.address().port
  }

  #take(payload: Uint8Array, address: string, port: number): void {
    if (!this.alive) return
    this.from = port
    const control = isControl(payload)
    if (!control) this.came.push(payload)
    for (const answer of (control ? this.controls : this.behaviour)(payload, this)) {
      const send = () => (answer.socket ?? this.socket).send(answer.payload, answer.port ?? port, address)
      if (answer.delay === undefined) send()
      else {
        const timer = setTimeout(() => {
          this.#timers.delete(timer)
          send()
        }, answer.delay)
        this.#timers.add(timer)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    this.socket.close()
  }
}

export async function bound(address: string, port = 0): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(port, address)
  await once(socket, 'listening')
  return socket
}

/** The IP packet in a datagram. */
export function innerOf(payload: Uint8Array): Uint8Array {
  return payload.subarray(headerOf(payload).length)
}

/** UDP: all else that tests send is TCP, or fragments of it. */
function isControl(payload: Uint8Array): boolean {
  const inner = innerOf(payload)
  return ((inner[0] ?? 0) >> 4 === 6 ? inner[6] : inner[9]) === 17
}

export interface Played {
  /** By packet: its verdict, and its reason where there is one. */
  readonly verdicts: string[]
  /** `kind step`, and the field where there is one. */
  readonly sightings: string[]
  /** Steps that came late: on a machine under load some may that were not held back. */
  readonly late: number[]
  /** Steps whose verdicts were taken back. */
  readonly takenBack: number[]
  readonly emitted: { readonly cause: number; readonly to: string; readonly by: number }[]
}

/** Plays packets through a target of kind geneve with these appliances. */
export async function playThrough(
  appliances: readonly { readonly port: number; readonly address?: string }[],
  chunks: readonly { readonly steps: readonly Step[]; readonly events?: readonly HostEvent[] }[],
  options: Partial<TargetSpec> = {},
): Promise<Played> {
  const hosts = appliances.map(({ address = '127.0.0.1', port }) => `${address}:${port}`)
  const target = await makeTarget(
    { kind: 'geneve', profile: 'suricata-7', features: ['inner-tunnels'], hosts, ...options },
    { name: 'lab', version: 'test' },
  )
  const setup = makeSetup({ profile: 'suricata-7', hosts: hosts.length })
  const { signal } = new AbortController()
  await using session = await target.prepare(setup, signal)
  async function* all(): AsyncGenerator<TimelineChunk> {
    let step = 0
    for (const { steps, events } of chunks) {
      const chunk = chunkOf(steps, events)
      for (let i = 0; i < chunk.packets.count; i++) chunk.packets.step[i] = step++
      yield chunk
    }
  }
  const played: Played = { verdicts: [], sightings: [], late: [], takenBack: [], emitted: [] }
  const timeline = { epoch: 0n, phases: ['before'], chunks: all() }
  for await (const { packets, sightings = [] } of session.replay(timeline, signal)) {
    for (let i = 0; i < packets.count; i++) {
      const reason = packets.reason[i] ?? 0
      played.verdicts.push(
        nameOf(Verdict, packets.verdict[i] ?? 0) + (reason === 0 ? '' : `, ${nameOf(Reason, reason)}`),
      )
    }
    played.takenBack.push(...sightings.filter(isForwardedAfterAll).map(({ step }) => step))
    for (const { kind, step, field } of sightings)
      if (kind === 'late') played.late.push(step)
      else played.sightings.push(`${kind} ${step}${field === undefined ? '' : ` ${field}`}`)
    for (const { cause, to, by } of packets.emitted) played.emitted.push({ cause, to, by })
  }
  return played
}
