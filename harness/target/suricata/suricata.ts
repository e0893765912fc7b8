import type { PacketBatch } from '../../model/batch.ts'
import type { Case } from '../../model/case.ts'
import { Host, Kind, Knowledge, Reason, Verdict } from '../../model/codes.ts'
import type { Setup } from '../../model/setup.ts'
import type { Capabilities, ObservationBatch, Session, Target } from '../../model/target.ts'
import type { Timeline } from '../../model/timeline.ts'
import { holdBatch } from '../../observe/held.ts'
import { findSuricata, type SuricataBinary } from './binary.ts'
import { HostCounters } from './counters.ts'
import { caseLacks, requireSetup } from './lacking.ts'
import { readOptions, type SuricataOptions } from './options.ts'
import { rulesOf } from './rules.ts'
import { settingsOf } from './settings.ts'
import { type Decided, Slices } from './slices.ts'

const CAPABILITIES: Capabilities = {
  clock: 'virtual',
  reactive: false,
  hosts: 250,
  families: ['ipv4', 'ipv6'],
  policies: ['drop', 'reject', 'continue'],
  sharing: ['none'],
  events: ['drain', 'crash', 'unhealthy', 'restore', 'flush', 'steer', 'return'],
  observes: ['verdict', 'reason', 'counters', 'packet-counters'],
  folding: 'consecutive',
  profiles: ['suricata-7', 'aws-nfw'],
  features: ['rules', 'default-actions', 'next-generation', 'monitor', 'inner-tunnels', 'own-profile'],
  clockScale: 1,
}

/** The zero of a timeline without one: Suricata takes a clock at 1970 for one that is not set. */
const NO_EPOCH = 1_700_000_000_000_000_000n

/** The target for a spec of kind `suricata`. Throws ERR_TARGET_OPTION; no process is started before it is needed. */
export function makeSuricata(name: string, spec: Readonly<Record<string, unknown>>): Target {
  return new SuricataTarget(name, readOptions(spec))
}

/** Real Suricata on virtual time: for each host, one process reads the host's packets from a file and logs its verdicts. */
class SuricataTarget implements Target {
  readonly name: string
  readonly capabilities = CAPABILITIES
  readonly shared = 'processes'
  readonly #options: SuricataOptions
  #binary: SuricataBinary | undefined

  constructor(name: string, options: SuricataOptions) {
    this.name = name
    this.#options = options
  }

  /** The version of the program; throws like `findSuricata`. */
  get version(): string {
    return this.#found().version
  }

  lacks(test: Case): string | undefined {
    return caseLacks(test)
  }

  async prepare(setup: Setup): Promise<Session> {
    requireSetup(setup, this.capabilities)
    return new SuricataSession(setup, this.#found().path, this.#options.timeout)
  }

  #found(): SuricataBinary {
    this.#binary ??= findSuricata(this.#options.binary)
    return this.#binary
  }
}

class SuricataSession implements Session {
  readonly #setup: Setup
  readonly #binary: string
  readonly #timeout: number
  #counters: HostCounters

  constructor(setup: Setup, binary: string, timeout: number) {
    this.#setup = setup
    this.#binary = binary
    this.#timeout = timeout
    this.#counters = this.tally()
  }

  async *replay(timeline: Timeline, signal: AbortSignal): AsyncGenerator<ObservationBatch> {
    const held: PacketBatch[] = []
    using slices = new Slices(this.#setup.topology.hosts.length, () => timeline.epoch || NO_EPOCH)
    for await (const chunk of timeline.chunks) {
      signal.throwIfAborted()
      const packets = holdBatch(chunk.packets)
      held.push(packets)
      let from = 0
      for (const { before, event } of chunk.events) {
        slices.add(packets, from, before)
        slices.apply(event)
        from = before
      }
      slices.add(packets, from, packets.count)
    }
    const settings = settingsOf(this.#setup)
    const options = {
      binary: this.#binary,
      timeout: this.#timeout,
      signal,
      settings,
      ...rulesOf(this.#setup),
    }
    for (const decided of await slices.decide(options)) this.#take(decided)
    slices[Symbol.dispose]()
    for (const packets of held) yield observationsOf(packets)
  }

  async reset(): Promise<void> {
    this.#counters = this.tally()
  }

  async counters(): Promise<readonly Readonly<Record<string, number>>[]> {
    return this.#counters.read()
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  tally(): HostCounters {
    return new HostCounters(
      this.#setup.topology.hosts.length,
      settingsOf(this.#setup).exception === 'continue',
    )
  }

  #take({ batches, indices, eve }: Decided): void {
    for (const [n, packets] of batches.entries()) {
      const at = indices[n] ?? 0
      // Suricata passes what it cannot read, which says nothing of the packet that was on the wire.
      const unread = packets.kind[at] === Kind.cut
      packets.verdict[at] = unread ? Verdict.undecided : (eve.verdicts[n] ?? Verdict.undecided)
      packets.reason[at] = unread ? Reason['header not captured'] : reasonOf(eve.reasonOf(n))
      this.#counters.count(packets, at)
    }
  }
}

/** The code of a reason in Suricata's words. */
export function reasonOf(word: string): number {
  if (word === 'flow memcap') return Reason['flow table full']
  return Object.entries(Reason).find(([name]) => name === word)?.[1] ?? Reason.none
}

function observationsOf(packets: PacketBatch): ObservationBatch {
  const by = packets.host.map((host) => (host === Host.bypass ? Host.path : host))
  const knowledge = new Uint8Array(packets.count).fill(Knowledge.log)
  return { packets, by, knowledge, emissions: 'unseen' }
}
