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

/** The file that holds every frame. A name that is not one of ours is told, and leads nowhere. */
export function evidence({ record }: OpenedCase): Markup | undefined {
  const file = record.finished?.evidence
  if (file === undefined) return undefined
  const link = /^evidence\/[\w-]+\.pcapng$/.test(file) ? markup`<a href="${file}">${file}</a>` : file
  return markup`<p class="evidence"><b>Evidence</b> ${link} <span class="quiet">every frame that was sent and seen, each with a comment; beside the run log</span></p>`
}
