import { NANOS_PER_SECOND, type Nanos, type PacketBatch } from '../../model/batch.ts'
import { Host, Reason, Tcp, Verdict } from '../../model/codes.ts'
import type { SyncSharing } from '../../model/setup.ts'
import type { MakeSharing, SessionTables, SharingModel } from '../../model/sharing.ts'
import type { HostEvent } from '../../model/timeline.ts'
import { InFlight, type Update } from '../in-flight.ts'
import { type Item, News } from './news.ts'
import { Receiver } from './receiver.ts'
import { Told } from './told.ts'

/** Seconds after which an entry is sent again, if lost updates are repaired that way (conntrackd.conf(5), RefreshTime of the example). */
export const REFRESH_SECONDS = 15
/** The longest time for which a first packet is held (pfsync(4), defer). */
const MOST_DEFERRED = NANOS_PER_SECOND / 100

/**
 * A pair, or more hosts, that stream sessions to each other as they change: conntrackd, pfsync, FortiOS FGSP, Cisco ASA failover,
 * according to the setup. Updates travel on the packets' clock, and are delivered when the next packet or event comes.
 */
class Sync implements SharingModel {
  readonly watchesPackets = true
  readonly pending = undefined
  readonly #tables: SessionTables
  readonly #settings: SyncSharing
  readonly #lag: Nanos
  readonly #told: Told
  readonly #news: News
  readonly #receiver: Receiver
  readonly #inFlight = new InFlight()
  /** Hosts that have crashed, and receive nothing. */
  readonly #dead = new Set<number>()
  /** The host that takes packets, if only one does. */
  #active = 0
  #sent = 0

  constructor(tables: SessionTables, settings: SyncSharing, receiver: Receiver) {
    this.#tables = tables
    this.#settings = settings
    this.#lag = settings.lag * NANOS_PER_SECOND
    this.#told = new Told(settings)
    this.#news = new News(tables, settings)
    this.#receiver = receiver
  }

  arrive(packets: PacketBatch, index: number, host: number): number {
    this.#deliver(packets.time[index] ?? 0)
    if (this.#settings.mode === 'active-active' || host === this.#active) {
      const flow = packets.flow[index] ?? -1
      if (flow >= 0) this.#begin(host, flow, packets.time[index] ?? 0)
      return host
    }
    packets.parts.push({ cause: index, host, part: 'standby' })
    packets.verdict[index] = Verdict.drop
    packets.reason[index] = Reason['target unreachable']
    return Host.path
  }

  decided(packets: PacketBatch, index: number, host: number): void {
    const flow = packets.flow[index] ?? -1
    if (flow < 0) return
    const at = packets.time[index] ?? 0
    this.#told.note(packets, index, flow)
    const item = this.#news.of(host, flow, at)
    const held = item instanceof Uint8Array && this.#isDeferred(packets, index)
    if (held) packets.parts.push({ cause: index, host, part: 'deferred' })
    this.#tell(host, flow, item, at, held ? this.#lagOfDeferred() : this.#lag)
    const { expectations, connectionless, peerVersion } = this.#settings
    const expected = this.#tables.expected?.takeFresh(host)
    const query = this.#tables.queries?.takeFresh(host)
    if (peerVersion === 'incompatible') return
    if (expected !== undefined && expectations) this.#sendToOthers(host, flow, at + this.#lag, expected)
    if (query !== undefined && connectionless) this.#sendToOthers(host, flow, at + this.#lag, query)
  }

  apply(event: HostEvent, at: Nanos): void {
    this.#deliver(at)
    switch (event.kind) {
      case 'drain':
        // The change is planned: updates on their way arrive first.
        this.#deliver(Number.POSITIVE_INFINITY, at)
        this.#takeOver(event.host, at)
        return
      case 'crash':
        this.#inFlight.lose(event.host)
        this.#receiver.forget(event.host)
        this.#news.lose(event.host)
        this.#dead.add(event.host)
        this.#takeOver(event.host, at)
        return
      case 'unhealthy':
        this.#takeOver(event.host, at)
        return
      case 'restore':
        this.#revive(event.host, at)
        return
      case 'return':
        this.#deliver(Number.POSITIVE_INFINITY, at)
        for (const host of [...this.#dead]) this.#revive(host, at)
        this.#active = 0
        this.#commit(0, at)
    }
  }

  reset(): void {
    this.#inFlight.clear()
    this.#told.clear()
    this.#news.clear()
    this.#receiver.clear()
    this.#dead.clear()
    this.#active = 0
    this.#sent = 0
  }

  /** A host has left: another one becomes active, and the remaining hosts take over what they have received. */
  #takeOver(left: number, at: Nanos): void {
    const others = this.#tables.inService()
    if (this.#active === left) this.#active = others.find((host) => host > left) ?? others[0] ?? left
    for (const host of others) this.#commit(host, at)
  }

  /**
   * The host puts what it has received into its table. If hosts send only changes, it then sends all its sessions to the others,
   * which are not told of sessions that do not change (conntrack-tools doc/sync/primary-backup.sh).
   */
  #commit(host: number, at: Nanos): void {
    const { mode, updates, externalCache } = this.#settings
    const events = updates === 'changes'
    if (events && mode === 'active-passive' && host !== this.#active) return
    this.#receiver.commit(host, at)
    if (!events || !externalCache) return
    for (const flow of this.#tables.flows(host, at))
      this.#tell(host, flow, this.#tables.read(host, flow, at), at, this.#lag)
  }

  /** A packet of a flow arrives at a host; if a session has ended meanwhile, the others have been told. */
  #begin(host: number, flow: number, at: Nanos): void {
    const ended = this.#news.ended(flow, at)
    for (const from of ended) this.#tell(from, flow, 'gone', at, this.#lag)
    if (ended.length > 0) this.#deliver(at)
    this.#news.begin(host, flow, at)
  }

  /** A host that crashed is back, empty; the host that served meanwhile sends it everything, if the setup says so. */
  #revive(host: number, at: Nanos): void {
    if (!this.#dead.delete(host) || !this.#settings.resync) return
    for (const from of this.#tables.inService()) {
      if (from === host) continue
      for (const flow of this.#tables.flows(from, at)) {
        const session = this.#tables.read(from, flow, at)
        if (session !== undefined && this.#told.isTold(flow, session))
          this.#receiver.receive(host, flow, session, at)
      }
    }
  }

  /** Whether the packet, the first of a connection, is held: its consequences come that much later. */
  #isDeferred(packets: PacketBatch, index: number): boolean {
    return this.#settings.defer && ((packets.flags[index] ?? 0) & (Tcp.syn | Tcp.ack)) === Tcp.syn
  }

  /** How much later than the held packet the update arrives; the packet waits for an answer. */
  #lagOfDeferred(): Nanos {
    return Math.max(0, this.#lag - Math.min(2 * this.#lag, MOST_DEFERRED))
  }

  #tell(host: number, flow: number, item: Item | undefined, at: Nanos, lag: Nanos): void {
    if (item === undefined || (item !== 'gone' && !this.#told.isTold(flow, item))) return
    const wait = item === 'gone' ? 0 : this.#told.wait(flow, at)
    if (wait > 0 && !this.#told.await(flow)) return
    this.#news.tell(host, flow, item)
    this.#sendToOthers(host, flow, at + wait + lag, wait > 0 ? 'now' : item)
  }

  #sendToOthers(host: number, flow: number, due: Nanos, session: Update['session']): void {
    for (let to = 0; to < this.#tables.hosts; to++)
      if (to !== host) this.#send({ due, from: host, to, flow, session })
  }

  #send(update: Update): void {
    const { lose, repair } = this.#settings
    const { session } = update
    this.#sent++
    if (lose === 0 || this.#sent % lose !== 0) this.#inFlight.send(update)
    else if (repair === 'resend') this.#inFlight.send({ ...update, due: update.due + this.#lag })
    else if (repair === 'refresh')
      this.#inFlight.send({
        ...update,
        due: update.due + REFRESH_SECONDS * NANOS_PER_SECOND,
        session: session === 'gone' || session instanceof Uint8Array ? 'now' : session,
      })
  }

  /** Delivers updates that have arrived by `until`; `at` is the time of delivery. */
  #deliver(until: Nanos, at: Nanos = until): void {
    for (let update = this.#inFlight.take(until); update !== undefined; update = this.#inFlight.take(until)) {
      const { from, to, flow } = update
      if (this.#dead.has(to)) continue
      const session = update.session === 'now' ? this.#tables.read(from, flow, at) : update.session
      if (session === undefined || session === 'gone') this.#end(to, flow, at)
      else if (session instanceof Uint8Array) this.#receiver.receive(to, flow, session, at)
      else if ('answered' in session) this.#receiver.ask(to, session, at)
      else this.#receiver.expect(to, session)
    }
  }

  /** Tells a host that a session has ended. */
  #end(host: number, flow: number, at: Nanos): void {
    if (!this.#settings.externalCache) this.#news.forget(host, flow)
    this.#receiver.receive(host, flow, undefined, at)
  }
}

/** The model of a pair with these settings. `receive` makes the receiver of updates, which may be in another process. */
export function makeSync(
  settings: SyncSharing,
  receive: (tables: SessionTables) => Receiver = (tables) => new Receiver(tables, settings),
): MakeSharing {
  return (tables) => new Sync(tables, settings, receive(tables))
}
