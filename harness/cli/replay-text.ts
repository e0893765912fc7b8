import { carriedFlags } from '../flow/carried.ts'
import { type Emitted, NANOS_PER_SECOND, type PacketBatch } from '../model/batch.ts'
import type { Impact } from '../model/case.ts'
import { nameOf, Verdict } from '../model/codes.ts'
import { isForwardedAfterAll, type ObservationBatch } from '../model/target.ts'
import { contentWords, hostName } from '../report/packet-words.ts'
import { type Paint, painter } from '../report/paint.ts'
import { screenOf } from '../report/screen.ts'
import { wrap } from '../report/wrap.ts'
import type { Crowding } from '../run/replay.ts'

/** Prints observations as they come. */
export interface ReplayPrinter {
  readonly observe: (observed: ObservationBatch, flows: unknown, phases: readonly string[]) => void
  /** `crowding`: unknown if the replay was interrupted. `impact`: what the user of the connection felt, with reactive endpoints. */
  readonly end: (impact: Impact | undefined, crowding: Crowding | undefined) => void
}

/** What bounded tables could not keep, ` evicted=3 refused=1`; empty if they kept everything. */
export function crowdingWords(crowding: Crowding | undefined): string {
  return Object.entries(crowding ?? {})
    .filter(([, flows]) => flows > 0)
    .map(([word, flows]) => ` ${word}=${flows}`)
    .join('')
}

/** Times at which packets are offered, counted from the first packet. */
export class Clock {
  #zero: number | undefined

  seconds(time: number): number {
    this.#zero ??= time
    return (time - this.#zero) / NANOS_PER_SECOND
  }
}

/** The packets emitted about one packet of a batch. */
export function emittedAbout(packets: PacketBatch, index: number): readonly Emitted[] {
  return packets.emitted.length === 0 ? [] : packets.emitted.filter(({ cause }) => cause === index)
}

/**
 * Finds packets of a batch that were emitted without a cause: called in order of index, it returns those before that
 * packet.
 */
export function emittedAlone(packets: PacketBatch): (index: number) => readonly Emitted[] {
  if (packets.emitted.length === 0) return () => []
  const waiting = packets.emitted.filter(({ cause }) => cause < 0)
  return (index) => {
    const now = packets.time[index] ?? 0
    const later = waiting.findIndex(({ at }) => at > now)
    return waiting.splice(0, later < 0 ? waiting.length : later)
  }
}

/** What hosts did with a packet: `fw-a forwarder`. */
export function partsOf(
  packets: PacketBatch,
  index: number,
  hosts: readonly string[],
): readonly { readonly host: string; readonly part: string }[] {
  if (packets.parts.length === 0) return []
  return packets.parts
    .filter(({ cause }) => cause === index)
    .map(({ host, part }) => ({ host: hostName(hosts, host), part }))
}

/** Printed packets that a batch corrects: they were forwarded after all, `late` in seconds of the device's clock. */
export function takenBack({ sightings = [] }: ObservationBatch): readonly {
  readonly number: number
  readonly told: number
  readonly late: number
}[] {
  return sightings.filter(isForwardedAfterAll).map(({ number = 0, told = Verdict.undecided, after }) => ({
    number,
    told,
    late: after / NANOS_PER_SECOND,
  }))
}

/** The same as lines of text, none longer than `columns`. */
export function takenBackLines(observed: ObservationBatch, columns: number): string {
  return takenBack(observed)
    .map(({ number, told, late }) => {
      const packet = number === 0 ? 'an injected packet' : `packet ${number}`
      const line = `${packet} was not ${nameOf(Verdict, told)}: forward, late by ${late.toFixed(3)} s`
      return `${wrap(line, columns)}\n`
    })
    .join('')
}

/** A packet in few words: `PSH ACK 128 B`, `UDP 40 B`. */
export function describePacket(packets: PacketBatch, i: number): string {
  return contentWords(packets.kind[i] ?? 0, carriedFlags(packets, i), packets.payload[i] ?? 0)
}

let colours: Paint | undefined

/** Styles text if standard output has colours, which is checked on the first call. */
export const paint: Paint = (style, text) => {
  colours ??= painter(screenOf(process.stdout, process.env).colour)
  return colours(style, text)
}

const VERDICT_STYLE = {
  forward: 'green',
  drop: 'red',
  reject: 'magenta',
  answered: 'yellow',
  undecided: 'yellow',
} as const

/** A verdict's text in its colour, if standard output is a terminal. */
export function paintedVerdict(code: number, text: string): string {
  const name = nameOf(Verdict, code)
  return name === 'unknown' ? text : paint(VERDICT_STYLE[name], text)
}
