import type { Nanos } from '../../model/batch.ts'
import { NANOS_PER_SECOND } from '../../model/batch.ts'
import { Tcp } from '../../model/codes.ts'
import type { Action, EndScript } from './script.ts'

/** A TCP segment between the endpoints, without its frame. Numbers are absolute and unsigned. */
export interface Segment {
  readonly flags: number
  readonly seq: number
  readonly ack: number
  readonly length: number
  /** Capture packet number of the action that it carries for the first time; 0: none. */
  readonly number: number
}

type State = 'closed' | 'listen' | 'syn-sent' | 'syn-received' | 'established'

/** How the connection ended for an endpoint: by a reset, or because it gave up. */
export type Death = 'reset' | 'gave-up'

/** First retransmission time-out (RFC 6298 2.1), its maximum, and how long an endpoint keeps trying (RFC 1122 4.2.3.5, R2). */
const FIRST_TIMEOUT = 1 * NANOS_PER_SECOND
const LAST_TIMEOUT = 60 * NANOS_PER_SECOND
const GIVE_UP = { opening: 180 * NANOS_PER_SECOND, data: 100 * NANOS_PER_SECOND } as const

interface Unacknowledged {
  readonly seq: number
  readonly segment: Segment
}

/**
 * One end of a connection: does what its script says as soon as it can, retransmits with back-off, obeys a reset by RFC 5961,
 * answers segments that do not fit with a challenge ACK or a reset, and gives up after its limit. Flow control is not simulated:
 * a recorded conversation kept within its windows.
 */
export class Endpoint {
  readonly #script: EndScript
  readonly #passive: boolean
  readonly #handshakeAck: number
  #state: State
  #iss: number
  #next: number
  #unacknowledged: Unacknowledged[] = []
  #remoteIsn = 0
  #receive = 0
  #action = 0
  #readyAt: Nanos | undefined
  #timeout = FIRST_TIMEOUT
  #timerAt: Nanos | undefined
  #tryingSince: Nanos | undefined
  /** Extra silence before the first action recorded at or after a packet number. */
  #pause: { readonly from: number; readonly gap: Nanos } | undefined
  death: { readonly how: Death; readonly at: Nanos } | undefined
  /** When the handshake was complete, as this endpoint sees it. */
  openedAt: Nanos | undefined

  /**
   * `isn`: added to the recorded initial sequence number (0 for the first connection); `handshakeAck`: capture number of the
   * packet that completes the handshake, 0 for a passive endpoint.
   */
  constructor(script: EndScript, passive: boolean, isn: number, handshakeAck: number) {
    this.#script = script
    this.#passive = passive
    this.#handshakeAck = handshakeAck
    this.#state = passive ? 'listen' : 'closed'
    this.#iss = (script.isn + isn) >>> 0
    this.#next = this.#iss
  }

  /** Whether the whole script was sent and acknowledged, and the connection did not die. */
  get finished(): boolean {
    const said = this.#action === this.#script.actions.length && this.#unacknowledged.length === 0
    return said && this.death === undefined
  }

  get open(): boolean {
    return this.#state === 'established'
  }

  /** When it must be woken; undefined: only by a segment. */
  get wakeAt(): Nanos | undefined {
    if (this.#readyAt === undefined) return this.#timerAt
    return this.#timerAt === undefined ? this.#readyAt : Math.min(this.#readyAt, this.#timerAt)
  }

  /** Makes the next action recorded at or after packet `from` wait for `gap` instead of its recorded thinking time. */
  pause(from: number, gap: Nanos): void {
    this.#pause = { from, gap }
    this.#readyAt = undefined
  }

  /** Opens the connection actively. */
  connect(now: Nanos): Segment[] {
    this.#state = 'syn-sent'
    return [this.#transmit(Tcp.syn, 0, this.#script.opening, now)]
  }

  /** Runs the timers and the script at `now`. */
  wake(now: Nanos): Segment[] {
    if (this.#timerAt !== undefined && this.#timerAt <= now) return this.#expire(now)
    return this.#act(now)
  }

  /** Takes a segment that has arrived. */
  receive(segment: Segment, now: Nanos): Segment[] {
    if (this.#state === 'closed') return this.refuse(segment)
    if (this.#state === 'listen') return this.#greet(segment, now)
    if (this.#state === 'syn-sent') return this.#answered(segment, now)
    return this.#synchronised(segment, now)
  }

  /** RFC 9293 3.10.7.1: without a connection, everything except a reset is answered with a reset. */
  refuse({ flags, seq, ack, length }: Segment): Segment[] {
    if ((flags & Tcp.rst) !== 0) return []
    if ((flags & Tcp.ack) !== 0) return [{ flags: Tcp.rst, seq: ack, ack: 0, length: 0, number: 0 }]
    const end = seq + length + ((flags & Tcp.syn) !== 0 ? 1 : 0) + ((flags & Tcp.fin) !== 0 ? 1 : 0)
    return [{ flags: Tcp.rst | Tcp.ack, seq: 0, ack: end >>> 0, length: 0, number: 0 }]
  }

  #greet(segment: Segment, now: Nanos): Segment[] {
    const { flags } = segment
    if ((flags & Tcp.rst) !== 0) return []
    if ((flags & Tcp.ack) !== 0) return this.refuse(segment)
    if ((flags & Tcp.syn) === 0) return []
    this.#state = 'syn-received'
    this.#remoteIsn = segment.seq
    this.#receive = (segment.seq + 1) >>> 0
    return [this.#transmit(Tcp.syn | Tcp.ack, 0, this.#script.opening, now)]
  }

  #answered(segment: Segment, now: Nanos): Segment[] {
    const { flags, ack } = segment
    const ours = (flags & Tcp.ack) !== 0 && ack === (this.#iss + 1) >>> 0
    if ((flags & Tcp.ack) !== 0 && !ours) return this.refuse(segment)
    if ((flags & Tcp.rst) !== 0) return ours ? this.#die('reset', now) : []
    if ((flags & Tcp.syn) === 0 || !ours) return []
    this.#remoteIsn = segment.seq
    this.#receive = (segment.seq + 1) >>> 0
    this.#acknowledge(ack, now)
    this.#establish(now)
    return [this.#acknowledgement(this.#handshakeAck), ...this.#act(now)]
  }

  #synchronised(segment: Segment, now: Nanos): Segment[] {
    const { flags, seq, ack, length } = segment
    const ahead = (seq - this.#receive) | 0
    if ((flags & Tcp.rst) !== 0) return this.#reset(ahead, now)
    if ((flags & Tcp.syn) !== 0) {
      const again = this.#state === 'syn-received' && (flags & Tcp.ack) === 0 && seq === this.#remoteIsn
      // A repeated SYN is answered with the SYN-ACK again; any other SYN in a synchronised state with a challenge ACK (RFC 5961 4.2).
      return again ? this.#retransmit(now) : [this.#acknowledgement(0)]
    }
    if ((flags & Tcp.ack) === 0) return []
    if (this.#state === 'syn-received') {
      if (ack !== (this.#iss + 1) >>> 0) return this.refuse(segment)
      this.#acknowledge(ack, now)
      this.#establish(now)
    } else if (((ack - this.#next) | 0) > 0) return [this.#acknowledgement(0)]
    const resend = this.#acknowledge(ack, now)
    const fin = (flags & Tcp.fin) !== 0 ? 1 : 0
    const out: Segment[] = resend ? this.#retransmit(now) : []
    if (length + fin > 0) {
      if (ahead <= 0 && ahead + length + fin > 0) this.#receive = (seq + length + fin) >>> 0
      out.push(this.#acknowledgement(0))
    } else if (ahead < 0) out.push(this.#acknowledgement(0))
    return [...out, ...this.#act(now)]
  }

  /** RFC 5961 3.2: a reset with the exact number resets the connection, one in the window gets a challenge ACK, any other is dropped. */
  #reset(ahead: number, now: Nanos): Segment[] {
    if (ahead === 0) {
      if (this.#state === 'syn-received' && this.#passive) {
        this.#restart()
        return []
      }
      return this.#die('reset', now)
    }
    return ahead > 0 && ahead < 65_535 ? [this.#acknowledgement(0)] : []
  }

  /** Goes back to listening, as a server whose half-open connection was reset does. */
  #restart(): void {
    this.#state = 'listen'
    this.#next = this.#iss
    this.#unacknowledged = []
    this.#timerAt = undefined
    this.#tryingSince = undefined
  }

  #establish(now: Nanos): void {
    this.#state = 'established'
    this.openedAt = now
  }

  #die(how: Death, now: Nanos): Segment[] {
    this.#close()
    this.death = { how, at: now }
    return []
  }

  #close(): void {
    this.#state = 'closed'
    this.#unacknowledged = []
    this.#timerAt = undefined
    this.#readyAt = undefined
  }

  /** Sends what the script allows at `now`; sets when it will go on. */
  #act(now: Nanos): Segment[] {
    const out: Segment[] = []
    while (this.#state === 'established') {
      const action = this.#script.actions[this.#action]
      if (action === undefined || ((this.#receive - this.#remoteIsn - 1) | 0) < action.needs) break
      this.#readyAt ??= now + this.#thinking(action)
      if (this.#readyAt > now) break
      this.#readyAt = undefined
      this.#action++
      out.push(...this.#perform(action, now))
    }
    return out
  }

  #thinking(action: Action): Nanos {
    const pause = this.#pause
    if (pause === undefined || action.number < pause.from) return action.think
    this.#pause = undefined
    return pause.gap
  }

  #perform(action: Action, now: Nanos): Segment[] {
    if (action.kind === 'rst') {
      const reset = {
        flags: Tcp.rst | Tcp.ack,
        seq: this.#next,
        ack: this.#receive,
        length: 0,
        number: action.number,
      }
      this.#close()
      return [reset]
    }
    const flags = action.kind === 'fin' ? Tcp.fin | Tcp.ack : Tcp.psh | Tcp.ack
    return [this.#transmit(flags, action.bytes, action.number, now)]
  }

  /** Sends a segment that must be acknowledged. */
  #transmit(flags: number, length: number, number: number, now: Nanos): Segment {
    const seq = this.#next
    const ack = (flags & Tcp.ack) === 0 ? 0 : this.#receive
    const segment = { flags, seq, ack, length, number }
    this.#next = (seq + length + ((flags & (Tcp.syn | Tcp.fin)) !== 0 ? 1 : 0)) >>> 0
    this.#unacknowledged.push({ seq, segment })
    this.#tryingSince ??= now
    this.#timerAt ??= now + this.#timeout
    return segment
  }

  #acknowledgement(number: number): Segment {
    return { flags: Tcp.ack, seq: this.#next, ack: this.#receive, length: 0, number }
  }

  /** Takes an acknowledgement; true if a retransmitted segment got through and more segments wait behind it. */
  #acknowledge(ack: number, now: Nanos): boolean {
    const before = this.#unacknowledged.length
    while (this.#unacknowledged[0] !== undefined && ((ack - this.#unacknowledged[0].seq) | 0) > 0)
      this.#unacknowledged.shift()
    if (this.#unacknowledged.length === before) return false
    const backedOff = this.#timeout > FIRST_TIMEOUT
    const more = this.#unacknowledged.length > 0
    this.#timeout = FIRST_TIMEOUT
    this.#tryingSince = more ? now : undefined
    this.#timerAt = more ? now + this.#timeout : undefined
    return backedOff && more
  }

  #expire(now: Nanos): Segment[] {
    const limit = this.#state === 'established' ? GIVE_UP.data : GIVE_UP.opening
    if (now - (this.#tryingSince ?? now) >= limit) {
      if (this.#passive && this.#state === 'syn-received') {
        this.#restart()
        return []
      }
      return this.#die('gave-up', now)
    }
    this.#timeout = Math.min(this.#timeout * 2, LAST_TIMEOUT)
    return this.#retransmit(now)
  }

  #retransmit(now: Nanos): Segment[] {
    const first = this.#unacknowledged[0]
    if (first === undefined) return []
    this.#timerAt = now + this.#timeout
    const ack = (first.segment.flags & Tcp.ack) === 0 ? 0 : this.#receive
    return [{ ...first.segment, ack, number: 0 }]
  }
}
