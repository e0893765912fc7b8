import type { Emitted, PacketBatch } from '../../model/batch.ts'
import { Kind, Reason, Tcp, Verdict } from '../../model/codes.ts'
import { listWords, REASONS, VERDICTS } from '../../suite/words.ts'
import { didYouMean } from '../../support/did-you-mean.ts'
import { isRecord } from '../../support/record.ts'
import { dissect } from '../../wire/dissect.ts'
import { shown } from '../shape.ts'
import { KNOWN } from './hello.ts'
import { printable } from './lines.ts'

/** Packets that a program was asked about, and where its answers go. */
export interface Asked {
  readonly packets: PacketBatch
  readonly by: Uint8Array
  readonly knowledge: Uint8Array
  readonly hosts: readonly string[]
  /** How it knows its verdicts, unless it says otherwise. */
  readonly usually: number
  /** The index in the batch, by the id that the program got for the packet. */
  readonly open: Map<number, number>
}

const KEYS = ['packet', 'verdict', 'reason', 'by', 'known', 'emitted', 'parts']

/** Writes a program's answer into the batch. Returns what is wrong, as the end of a sentence; undefined: nothing. */
export function takeAnswers(answer: Readonly<Record<string, unknown>>, asked: Asked): string | undefined {
  const { observations, emitted = [] } = answer
  if (!Array.isArray(observations)) return `gave observations ${shown(observations)}, which is not a list`
  if (!Array.isArray(emitted)) return `gave emitted ${shown(emitted)}, which is not a list`
  const answered = new Set<number>()
  for (const observation of observations) {
    const problem = isRecord(observation)
      ? takeObservation(observation, asked, answered)
      : `gave an observation ${shown(observation)}, which is not an object`
    if (problem !== undefined) return problem
  }
  for (const each of emitted) {
    const problem = isRecord(each) ? takeEmitted(each, asked, -1) : `gave emitted ${shown(each)}`
    if (problem !== undefined) return problem
  }
  // Readers of these go through a batch once.
  asked.packets.emitted.sort((a, b) => a.cause - b.cause)
  asked.packets.parts.sort((a, b) => a.cause - b.cause)
  for (const id of asked.open.keys())
    if (!answered.has(id))
      return `answered for ${answered.size} of ${asked.open.size} packets: packet ${id} is missing`
  return undefined
}

function takeObservation(
  observation: Readonly<Record<string, unknown>>,
  asked: Asked,
  answered: Set<number>,
): string | undefined {
  const { packet, verdict, reason, by, known, emitted = [], parts = [] } = observation
  const index = typeof packet === 'number' ? asked.open.get(packet) : undefined
  if (index === undefined) return `answered for packet ${shown(packet)}, which it was not asked about`
  if (answered.has(Number(packet))) return `answered twice for packet ${packet}`
  answered.add(Number(packet))
  const of = `of packet ${packet}`
  const unknown = Object.keys(observation).find((key) => !KEYS.includes(key))
  if (unknown !== undefined)
    return `says ${printable(shown(unknown))} ${of}, which is not a field of an observation.${didYouMean(unknown, KEYS)}`
  const code = codeOf(Verdict, verdict)
  if (code === undefined)
    return `gave the verdict ${shown(verdict)} ${of}: there are ${listWords([...VERDICTS, 'undecided'])}`
  const why = reason === undefined ? Reason.none : codeOf(Reason, reason)
  if (why === undefined) return `gave the reason ${shown(reason)} ${of}: there are ${listWords(REASONS)}`
  const decider = by === undefined ? asked.packets.host[index] : hostOf(by, asked.hosts)
  if (decider === undefined)
    return `says that packet ${packet} was decided by ${shown(by)}: there are ${listWords(asked.hosts)}`
  const knowledge = known === undefined ? asked.usually : codeOf(KNOWN, known)
  if (knowledge === undefined)
    return `knows the verdict ${of} by ${shown(known)}: it is to be self, log or wire`
  if (!Array.isArray(emitted) || !Array.isArray(parts))
    return `gave emitted or parts ${of} that are not a list`
  asked.packets.verdict[index] = code
  asked.packets.reason[index] = why
  asked.by[index] = decider
  asked.knowledge[index] = knowledge
  for (const each of emitted) {
    const problem = takeEmitted(each, asked, index)
    if (problem !== undefined) return `${problem} because ${of}`
  }
  for (const each of parts) {
    const host = isRecord(each) ? hostOf(each.host, asked.hosts) : undefined
    if (host === undefined || typeof each.part !== 'string')
      return `gave a part ${shown(each)} ${of}: it is { host, part }`
    asked.packets.parts.push({ cause: index, host, part: printable(each.part) })
  }
  return undefined
}

/** Reads a frame that the program sent on its own: because of a packet (`to: sender` or `receiver`), or not (`client`, `server`). */
function takeEmitted(each: unknown, asked: Asked, cause: number): string | undefined {
  const { to, frame, by, time, flow } = isRecord(each) ? each : {}
  const ends = cause < 0 ? ['client', 'server'] : ['sender', 'receiver']
  const end = ends.find((word) => word === to)
  if (end === undefined) return `emitted a frame to ${shown(to)}, but ${listWords(ends)} is expected,`
  if (typeof frame !== 'string') return `emitted a frame ${shown(frame)}, which is to be base64,`
  const { packets, hosts } = asked
  const sender = by === undefined && cause >= 0 ? packets.host[cause] : hostOf(by, hosts)
  if (sender === undefined) return `emitted a frame by ${shown(by)}: there are ${listWords(hosts)}`
  if (cause < 0 && !(isCount(flow) && typeof time === 'number' && Number.isFinite(time * 1e9)))
    return 'emitted a frame that no packet caused without its flow and time'
  const bytes = new Uint8Array(Buffer.from(frame, 'base64'))
  const link = packets.link[Math.max(cause, 0)] ?? 0
  const { kind, l4 } = dissect(bytes, link)
  const isTcp = kind === Kind.tcp4 || kind === Kind.tcp6
  if (
    l4 < 0 ||
    !(isTcp ? ((bytes[l4 + 13] ?? 0) & Tcp.rst) !== 0 : kind === Kind.icmp4 || kind === Kind.icmp6)
  )
    return 'emitted a frame that is neither a TCP reset nor ICMP'
  const view = new DataView(bytes.buffer)
  const emitted: Emitted = {
    cause,
    kind: isTcp ? 'tcp-rst' : 'icmp',
    to: end as Emitted['to'],
    ...(cause < 0 ? { flow: Number(flow) } : {}),
    by: sender,
    at: cause < 0 ? Number(time) * 1e9 : (packets.time[cause] ?? 0),
    frame: bytes,
    link,
    seq: isTcp ? view.getUint32(l4 + 4) : 0,
    ack: isTcp ? view.getUint32(l4 + 8) : 0,
  }
  packets.emitted.push(emitted)
  return undefined
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0
}

function codeOf(table: Readonly<Record<string, number>>, word: unknown): number | undefined {
  return typeof word === 'string' && Object.hasOwn(table, word) ? table[word] : undefined
}

function hostOf(name: unknown, hosts: readonly string[]): number | undefined {
  const index = typeof name === 'string' ? hosts.indexOf(name) : -1
  return index < 0 ? undefined : index
}
