import { Engine } from '../../engine/engine.ts'
import { type ExamplePacket, type LabOptions, outcomeOf, packet } from '../../engine/example-engine.test.ts'
import { batchOf } from '../../engine/oracle-cases.test.ts'
import { FlowTable } from '../../flow/table.ts'
import { PacketBatch } from '../../model/batch.ts'
import { Link } from '../../model/codes.ts'
import type { StoreSharing } from '../../model/setup.ts'
import type { HostEvent } from '../../model/timeline.ts'
import { getProfile } from '../../profile/index.ts'
import { StoreModel } from './model.ts'
import { type FailureKind, type Store, StoreFailure } from './store.ts'

/** A store in memory, which fails when it is told to and notes what it was asked. */
export class MemoryStore implements Store {
  readonly name = 'memory'
  readonly held = new Map<string, Uint8Array>()
  fails: FailureKind | undefined
  gets = 0
  sets = 0

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.gets++
    this.#check()
    return this.held.get(String(key))
  }

  async set(entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): Promise<void> {
    this.sets += entries.length
    this.#check()
    for (const [key, value] of entries) this.held.set(String(key), value)
  }

  async clear(): Promise<void> {
    this.held.clear()
  }

  async close(): Promise<void> {}

  #check(): void {
    if (this.fails !== undefined) throw new StoreFailure(this.fails, `it is ${this.fails}`)
  }
}

/** Two firewalls, of PAN-OS if not said, that share by a store: packets go in as lines, verdicts come out as words. */
export class StoreLab {
  readonly engine: Engine
  readonly #frames: LabOptions['frames']
  readonly #flows = new FlowTable()
  /** The batch of the last call. */
  batch: PacketBatch = new PacketBatch(0, 0)

  constructor(store: Store, sharing: Partial<StoreSharing> = {}, options: LabOptions = {}) {
    this.#frames = options.frames
    const all: StoreSharing = { kind: 'store', lag: 0, latency: 0, timeout: 1, ...sharing }
    this.engine = new Engine({
      profile: getProfile(options.profile ?? 'panos'),
      policy: { exception: 'drop', ruleOrder: 'action', defaultActions: [] },
      rules: options.rules ?? [],
      hosts: options.hosts ?? 2,
      sharing: (tables) => new StoreModel(tables, store, all),
    })
  }

  async play(...lines: readonly (string | ExamplePacket)[]): Promise<string[]> {
    const parsed = lines.map((line) => (typeof line === 'string' ? packet(line, this.#frames) : line))
    const batch = batchOf(parsed.map(({ seconds, bytes }) => ({ time: seconds * 1e9, bytes })))
    for (const [index, { host }] of parsed.entries()) {
      batch.host[index] = host
      batch.link[index] = Link.ethernet
    }
    this.#flows.assign(batch)
    this.batch = batch
    for (let next = 0; next < batch.count; ) {
      next = this.engine.decide(batch, next, batch.count)
      await this.engine.pending
    }
    return parsed.map((_, index) => outcomeOf(batch, index))
  }

  /** Lets something happen, at a time in seconds. */
  apply(event: HostEvent, seconds: number): void {
    this.engine.apply(event, seconds * 1e9)
  }

  /** `1 fw-b: pulled from the store`, of the last call. */
  parts(): string[] {
    return this.batch.parts.map(({ cause, host, part }) => `${cause} at ${host}: ${part}`)
  }
}
