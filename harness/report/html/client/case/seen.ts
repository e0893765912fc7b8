import type { Sighted } from '../../../../model/run-log.ts'
import { secondsText } from '../ladder/packet.ts'
import { type Markup, markup } from '../markup.ts'
import type { TraceView } from '../trace.ts'
import type { OpenedCase } from './opened.ts'

const KINDS: Readonly<Record<Sighted['kind'], string>> = {
  altered: 'altered',
  again: 'came out more than once',
  late: 'came out late',
  fragmented: 'came out in fragments',
  reassembled: 'came out put together',
  elsewhere: 'came out by arms that are not its own',
  refused: 'not taken back by the load balancer',
  stray: 'a packet that nobody sent',
}
/** Packets of one row that are named. */
const NAMED = 8

/** How the device changed what it was sent, what else was seen on its wires, and how long it was away. */
export function seenBeside({ record, view }: OpenedCase): Markup | undefined {
  const { sightings = [], outages = [] } = record.finished ?? {}
  if (sightings.length + outages.length === 0) return undefined
  const rows = sightings.map(
    (sighted) =>
      markup`<tr><th scope="row">${KINDS[sighted.kind]}</th><td>${packetLinks(sighted.indices, view)}</td><td>${sighted.field}</td><td>${sighted.sent}</td><td>${sighted.seen}</td><td class="figure">${latest(sighted)}</td></tr>`,
  )
  const table = markup`<div class="scroll"><table class="plain"><thead><tr><th scope="col">what</th><th scope="col">packets</th><th scope="col">field</th><th scope="col">sent</th><th scope="col">seen</th><th scope="col" class="figure">after, s</th></tr></thead><tbody>${rows}</tbody></table></div>`
  const away = outages.map(
    ({ event, time, lasted, over }) =>
      markup`<li>No way through ${over ? 'for' : 'to the end of'} ${secondsText(lasted)} s after ${event} at ${secondsText(time)} s${!over && ', then given up'}.</li>`,
  )
  return markup`<section aria-labelledby="h-seen"><h2 id="h-seen">Translation, and what else was seen</h2>${away.length > 0 && markup`<ul class="outages">${away}</ul>`}${rows.length > 0 && table}</section>`
}

function packetLinks(indices: readonly number[], view: TraceView | undefined): readonly Markup[] {
  const links = indices.slice(0, NAMED).map((index, at) => {
    const number = view?.trace.number[index] ?? 0
    const words = number === 0 ? '+' : String(number)
    return markup`${at > 0 && ', '}<a href="#packet-${index}" data-packet="${index}">${words}</a>`
  })
  const more = indices.length - links.length
  return more > 0 ? [...links, markup` and ${more} more`] : links
}

function latest({ kind, after = [] }: Sighted): string {
  return kind === 'altered' || after.length === 0 ? '' : secondsText(Math.max(...after))
}

/** Files in the folder of a case, and what each is. */
const FILES = [
  ['timeline.json', 'every step, and which frame is which'],
  ['configuration.json', 'target, setup and injections'],
  ['target.log', 'what the devices had written down'],
] as const

/** The file that holds every frame, and what stands beside it. A name that is not one of ours is told, and leads nowhere. */
export function evidence({ record }: OpenedCase): Markup | undefined {
  const { evidence: file, collected } = record.finished ?? {}
  if (file === undefined) return undefined
  const [, folder] = /^(evidence\/[0-9a-f]+\/)capture\.pcapng$/.exec(file) ?? []
  const isOurs = folder !== undefined || /^evidence\/[\w-]+\.pcapng$/.test(file)
  const beside = FILES.filter(([name]) => name !== 'target.log' || collected !== undefined).map(
    ([name, what]) => markup`, <a href="${folder}${name}">${name}</a> <span class="quiet">${what}</span>`,
  )
  return markup`<p class="evidence"><b>Evidence</b> ${isOurs ? markup`<a href="${file}">${folder === undefined ? file : 'capture.pcapng'}</a>` : file} <span class="quiet">every frame that was sent and seen, each with a comment</span>${folder !== undefined && beside} <span class="quiet">– beside the run log${folder !== undefined && `, in ${folder}`}</span></p>`
}
