import type { Nanos, PacketBatch, Rebuilt } from '../../model/batch.ts'
import { Direction, Role, Tcp, Verdict } from '../../model/codes.ts'
import { Delivery } from '../app/app-view.ts'
import type { Counters } from '../counters.ts'
import { sendReset } from '../emit.ts'
import { Outcome, verdictOf } from '../outcome.ts'
import type { RuleStage } from '../rules/stage.ts'
import { Segment } from '../segment.ts'
import type { SessionTable } from '../table.ts'
import { resetTarget, type TcpDecider } from '../tcp.ts'
import { hasBadChecksum } from './checksum.ts'
import { announcedBy, openedBy } from './ftp.ts'
import { isHidden, isRewritten } from './hidden.ts'
import { CtOptions } from './options.ts'
import type { CtSettings } from './settings.ts'
import { Ct, CtTracker } from './tracker.ts'
import { exceptional, withoutReset } from './verdict.ts'

/** The port of FTP control connections. */
const FTP_PORT = 21

/** Decides about TCP as Linux's connection tracking and the nftables rules around it do; then the suite's own rules. */
export class CtStage implements TcpDecider {
  readonly #settings: CtSettings
  readonly #counters: Counters
  readonly #rules: RuleStage | undefined
  readonly #tracker: CtTracker
  readonly #options = new CtOptions()
  readonly #reset = new Segment()

  constructor(settings: CtSettings, counters: Counters, rules: RuleStage | undefined) {
    this.#settings = settings
    this.#counters = counters
    this.#rules = rules
    this.#tracker = new CtTracker(settings)
  }

  /** The outcome of a TCP packet, or of the datagram that its fragment completed; `segment` holds its header. */
  decide(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    table: SessionTable,
    base: number,
    direction: number,
    now: Nanos,
    segment: Segment,
  ): number {
    const { words } = table
    segment.toServer = direction === Direction.c2s
    const ct = this.#track(batch, cause, table, base, direction, now, segment)
    if (ct === Ct.full) return Outcome.tableFull
    const known =
      ct === Ct.established || (ct === Ct.fresh && this.#meetsExpectation(batch, cause, table, now))
    let outcome: number = Outcome.forward
    if (ct === Ct.invalid || (ct !== Ct.established && !opens(segment.flags)))
      outcome = this.#except(batch, cause, host, table, base, direction, now, segment, ct)
    if (this.#rules !== undefined)
      outcome = this.#rules.apply(
        outcome,
        batch,
        cause,
        host,
        words,
        ct === Ct.invalid ? -1 : base,
        segment.toServer,
        known,
        Delivery.none,
      )
    if (ct === Ct.fresh && verdictOf(outcome) !== Verdict.forward) table.release(base)
    if (this.#settings.ftpHelper && ct === Ct.established && verdictOf(outcome) === Verdict.forward)
      this.#expect(batch, cause, table, now, segment)
    return outcome
  }

  /** Whether an announced connection is opened, which is related to the connection that announced it (`ct state related`). */
  #meetsExpectation(batch: PacketBatch, cause: number | Rebuilt, table: SessionTable, now: Nanos): boolean {
    if (table.expected.isEmpty || typeof cause !== 'number') return false
    return table.expected.meet(openedBy(batch, cause), now)
  }

  /** Records the connection that a packet of an FTP control connection announces. */
  #expect(
    batch: PacketBatch,
    cause: number | Rebuilt,
    table: SessionTable,
    now: Nanos,
    segment: Segment,
  ): void {
    if (typeof cause !== 'number' || segment.length === 0) return
    const ports = batch.ports[cause] ?? 0
    if ((segment.toServer ? ports & 0xffff : ports >>> 16) !== FTP_PORT) return
    const key = announcedBy(batch, cause, segment.toServer)
    if (key !== undefined) table.expected.announce(key, now)
  }

  #track(
    batch: PacketBatch,
    cause: number | Rebuilt,
    table: SessionTable,
    base: number,
    direction: number,
    now: Nanos,
    segment: Segment,
  ): number {
    if (this.#settings.badChecksum === 'invalid' && hasBadChecksum(batch, cause)) return Ct.invalid
    if (typeof cause === 'number') {
      const captureEnd = (batch.start[cause] ?? 0) + (batch.captured[cause] ?? 0)
      this.#options.look(batch.view, batch.l4[cause] ?? 0, captureEnd)
    } else {
      const { bytes, l4 } = cause
      this.#options.look(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), l4, bytes.length)
    }
    return this.#tracker.track(table, base, direction, now, segment, this.#options)
  }

  /** The exception policy: for invalid packets, and for new ones that open nothing. */
  #except(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    table: SessionTable,
    base: number,
    direction: number,
    now: Nanos,
    segment: Segment,
    ct: number,
  ): number {
    const settings = this.#settings
    const hidden = isHidden(batch, cause)
    if (hidden && ct !== Ct.invalid) return Outcome.forward
    const index = typeof cause === 'number' ? cause : cause.index
    if (batch.role[index] !== Role.control) this.#counters.countException(host)
    const outcome = exceptional(ct === Ct.invalid, settings)
    if (verdictOf(outcome) !== Verdict.reject) return outcome
    if (hidden) return withoutReset(outcome)
    if (settings.badChecksum !== 'ignore' && (isRewritten(batch, cause) || hasBadChecksum(batch, cause)))
      return withoutReset(outcome)
    const before = batch.emitted.length
    const target = resetTarget(settings.rejectTarget, segment.toServer)
    if (!sendReset(batch, cause, target, host, settings.rstStyle)) return withoutReset(outcome)
    // A reset about an invalid packet is tracked on its way out, and may close the connection whose numbers it has.
    if (ct === Ct.invalid) this.#trackResets(batch, before, table, base, direction, now)
    return outcome
  }

  #trackResets(
    batch: PacketBatch,
    from: number,
    table: SessionTable,
    base: number,
    direction: number,
    now: Nanos,
  ): void {
    const reset = this.#reset
    this.#options.lookAtNone()
    for (let i = from; i < batch.emitted.length; i++) {
      const emitted = batch.emitted[i]
      if (emitted === undefined) continue
      reset.flags = emitted.ack === 0 ? Tcp.rst : Tcp.rst | Tcp.ack
      reset.seq = emitted.seq | 0
      reset.ack = emitted.ack | 0
      const way = emitted.to === 'sender' ? Direction.c2s + Direction.s2c - direction : direction
      this.#tracker.track(table, base, way, now, reset, this.#options)
    }
  }
}

/** SYN without ACK: it opens a connection. */
function opens(flags: number): boolean {
  return (flags & (Tcp.syn | Tcp.ack)) === Tcp.syn
}
