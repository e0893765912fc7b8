import { Verdict } from '../../model/codes.ts'

/** The reason of a fragment whose datagram was dropped, and of a packet with a tunnel in which a packet was dropped. */
export const FOR_INNER = 'tunnel packet drop'
const REBUILT = 'defrag'
const BY_RULE = 'rules'
/** Signature id of the rule for a default action; its drops have the default action as their reason. */
export const DEFAULT_ACTION_SID = 900_000_100
/** Suricata's own packets, which are in no capture: at the end of a flow, and when the inspection of a stream ends. */
const OWN_PACKET = 'stream ('

/** A rule that matched and raised an alert. */
export interface Alert {
  readonly sid: number
  /** Index of the packet; -1 if Suricata does not tell it (reassembled datagrams). */
  readonly packet: number
}

/** Suricata's totals. */
export interface Totals {
  /** Packets read. */
  readonly packets: number
  readonly blocked: number
  readonly rejected: number
}

interface Event {
  readonly event_type?: string
  readonly pcap_cnt?: number
  readonly pkt_src?: string
  readonly alert?: { readonly signature_id: number }
  readonly drop?: { readonly reason?: string }
  readonly verdict?: { readonly reject?: readonly string[] }
  readonly stats?: {
    readonly decoder?: { readonly pkts?: number }
    readonly ips?: { readonly blocked?: number; readonly rejected?: number }
  }
}

/**
 * Reads EVE line by line into a verdict for each packet: a packet without a drop event was forwarded. Events name their packet by its
 * number in the capture (`pcap_cnt`); events of packets inside a packet come before it, from the inside out, and without that number.
 */
export class EveReader {
  /** By packet: a `Verdict` code. */
  readonly verdicts: Uint8Array
  readonly alerts: Alert[] = []
  totals: Totals | undefined
  /** Number of packets that were not forwarded. */
  stopped = 0
  /** By packet: index into `#words`; 0, no reason: forwarded. */
  readonly #reasons: Uint8Array
  readonly #words: string[] = ['']
  readonly #tunnels: boolean
  #inner = ''
  #inTunnel = false

  /**
   * `count`: packets of the capture; `tunnels`: they are looked into. If they are not, a packet that was dropped because of the content of
   * a tunnel, which Suricata examines nevertheless, is undecided.
   */
  constructor(count: number, tunnels: boolean) {
    this.#tunnels = tunnels
    this.verdicts = new Uint8Array(count).fill(Verdict.forward)
    this.#reasons = new Uint8Array(count)
  }

  /** Takes one line. Throws if it is not JSON, which the last line of a process that died may not be. */
  take(line: string): void {
    if (line === '') return
    const event: Event = JSON.parse(line)
    if (event.event_type === 'drop') this.#takeDrop(event)
    else if (event.event_type === 'stats') this.#takeStats(event)
    else if (event.event_type === 'alert' && event.pkt_src?.startsWith(OWN_PACKET) !== true)
      this.alerts.push({ sid: event.alert?.signature_id ?? 0, packet: (event.pcap_cnt ?? 0) - 1 })
  }

  /** Why a packet was not forwarded, in Suricata's words; if it was dropped for a packet inside it, the reason of that one. */
  reasonOf(packet: number): string {
    return this.#words[this.#reasons[packet] ?? 0] ?? ''
  }

  /** For a packet inside a packet Suricata counts a reject, but sends nothing (respond-reject.c), so it is a drop. */
  #takeDrop(event: Event): void {
    const { pcap_cnt: place, pkt_src: source, verdict } = event
    const reason = reasonWord(event)
    if (place === undefined) {
      this.#inner ||= reason
      if (source !== REBUILT) this.#inTunnel = true
      return
    }
    const forInner = reason === FOR_INNER
    const rejected = !forInner && (verdict?.reject?.length ?? 0) > 0
    const unasked = forInner && this.#inTunnel && !this.#tunnels
    this.verdicts[place - 1] = unasked ? Verdict.undecided : rejected ? Verdict.reject : Verdict.drop
    this.#reasons[place - 1] = this.#wordOf(forInner ? this.#inner : reason)
    this.stopped++
    this.#inner = ''
    this.#inTunnel = false
  }

  #takeStats({ stats }: Event): void {
    this.totals = {
      packets: stats?.decoder?.pkts ?? 0,
      blocked: stats?.ips?.blocked ?? 0,
      rejected: stats?.ips?.rejected ?? 0,
    }
  }

  #wordOf(word: string): number {
    const at = this.#words.indexOf(word)
    return at < 0 ? this.#words.push(word) - 1 : at
  }
}

/** Why a packet was not forwarded, in Suricata's words. */
export function reasonWord({ drop, alert }: Pick<Event, 'drop' | 'alert'>): string {
  const reason = drop?.reason ?? ''
  return reason === BY_RULE && alert?.signature_id === DEFAULT_ACTION_SID ? 'default action' : reason
}
