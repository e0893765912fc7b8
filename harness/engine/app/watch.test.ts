import { FlowTable } from '../../flow/table.ts'
import { Kind } from '../../model/codes.ts'
import type { Policy } from '../../model/setup.ts'
import { getProfile } from '../../profile/index.ts'
import { Counters } from '../counters.ts'
import { isToServer } from '../entry.ts'
import { Hosts } from '../hosts.ts'
import { batchOf } from '../oracle-cases.test.ts'
import type { OracleFrame } from '../oracle-suricata.test.ts'
import { Outcome } from '../outcome.ts'
import { PseudoStage } from '../pseudo.ts'
import { EXTRA, STATE_MASK, State } from '../record.ts'
import { Segment } from '../segment.ts'
import { readSettings } from '../settings.ts'
import { TcpStage } from '../tcp.ts'
import { AppLayer } from './app-layer.ts'
import { type AppNeeds, type AppView, BUFFER_KINDS, Delivery, Sight } from './app-view.ts'
import { appProtocolOf, isAppOver } from './extra-word.ts'

/** What the application layer showed with one packet; undefined for packets that the engine drops. */
export interface Watched {
  readonly protocol: number
  readonly over: boolean
  /** TCP: the session was established before the packet, and is. */
  readonly established: boolean
  readonly pending: boolean
  readonly added: boolean
  readonly buffers: readonly {
    readonly kind: number
    readonly transaction: number
    readonly fresh: boolean
    readonly text: string
  }[]
  readonly stream: string
  readonly streamStart: number
}

export const EVERYTHING: AppNeeds = { buffers: (1 << BUFFER_KINDS) - 1, stream: false }

export interface WatchOptions {
  readonly exception?: Policy['exception']
  readonly pickUp?: boolean
  readonly needs?: AppNeeds
}

/** Plays frames through the stages of one host without rules, with the application layer in the rules' place. */
export function watch(frames: readonly OracleFrame[], options: WatchOptions = {}): (Watched | undefined)[] {
  const { exception = 'drop', pickUp = false, needs = EVERYTHING } = options
  const batch = batchOf(frames)
  new FlowTable().assign(batch)
  const policy = { exception, ruleOrder: 'action', defaultActions: [] } as const
  const { knobs } = getProfile('suricata-7')
  const continueMode = { ...knobs.continueMode, value: pickUp ? 'pickup' : 'untracked' } as const
  const settings = readSettings({ ...knobs, continueMode }, policy)
  const hosts = new Hosts(1, undefined, settings, new Counters(1))
  const tcp = new TcpStage(settings, new Counters(1), undefined)
  const pseudo = new PseudoStage(settings, hosts, undefined)
  const segment = new Segment()
  const layer = new AppLayer(needs, settings.pickUp, !settings.plainWindows)
  const seen: (Watched | undefined)[] = []
  for (let i = 0; i < batch.count; i++) {
    const flow = batch.flow[i] ?? -1
    const kind = batch.kind[i] ?? Kind.other
    const isTcp = kind === Kind.tcp4 || kind === Kind.tcp6
    const isUdp = kind === Kind.udp4 || kind === Kind.udp6
    seen.push(NOTHING)
    if (flow < 0 || !(isTcp || isUdp)) continue
    const table = hosts.table(0)
    const base = table.touch(flow)
    const before = (table.words[base] ?? 0) & STATE_MASK
    let outcome: number
    if (isTcp) {
      const end = (batch.start[i] ?? 0) + (batch.captured[i] ?? 0)
      segment.read(batch.view, batch.l4[i] ?? 0, end, batch.flags[i] ?? 0, batch.payload[i] ?? 0)
      const direction = batch.direction[i] ?? 0
      outcome = tcp.decide(batch, i, 0, table, base, direction, batch.time[i] ?? 0, segment)
    } else {
      outcome = pseudo.decide(batch, i, 0, flow)
      segment.toServer = isToServer(table.words[base] ?? 0, batch.direction[i] ?? 0)
      segment.delivered = true
    }
    seen[i] = undefined
    if (outcome !== Outcome.forward) continue
    const established = isTcp && Math.min(before, (table.words[base] ?? 0) & STATE_MASK) >= State.established
    const extra = table.words[base + EXTRA] ?? 0
    if (isAppOver(extra)) {
      seen[i] = { ...NOTHING, protocol: appProtocolOf(extra), over: true, established }
      continue
    }
    const view = layer.take(
      batch,
      i,
      0,
      table.words,
      base,
      segment.toServer,
      segment.delivered ? Delivery.taken : Delivery.none,
    )
    seen[i] = copied(view, established)
  }
  return seen
}

const NOTHING: Watched = {
  protocol: 0,
  over: false,
  established: false,
  pending: false,
  added: false,
  buffers: [],
  stream: '',
  streamStart: 0,
}

function copied(view: AppView, established: boolean): Watched {
  const { protocol, over, pending, added, streamStart } = view
  return {
    protocol,
    over,
    established,
    pending,
    added,
    buffers: Array.from({ length: view.count }, (_, n) => ({
      kind: view.kind[n] ?? -1,
      transaction: view.transaction[n] ?? -1,
      fresh: view.sight[n] === Sight.fresh,
      text: latin1(view.bytes.subarray(view.from[n] ?? 0, view.to[n] ?? 0)),
    })),
    stream: latin1(view.stream.subarray(view.streamFrom, view.streamTo)),
    streamStart,
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}
