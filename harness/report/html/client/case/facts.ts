import type { Impact } from '../../../../model/case.ts'
import { formatDuration } from '../../../../support/duration.ts'
import { secondsText } from '../ladder/packet.ts'
import { figure, type Markup, markup } from '../markup.ts'
import type { OpenedCase } from './opened.ts'

/** What hosts and the load balancer counted over the case. */
export function counters({ record }: OpenedCase): Markup | undefined {
  const { counters: list = [], trace } = record.finished ?? {}
  const names = new Set(list.flatMap((host) => Object.keys(host)))
  const rows = [...names].flatMap((name) => {
    const values = list.map((host) => host[name] ?? 0)
    if (values.every((value) => value === 0)) return []
    return markup`<tr><th scope="row">${name}</th>${values.map((value) => markup`<td class="figure">${value === 0 ? '–' : figure(value)}</td>`)}</tr>`
  })
  if (rows.length === 0) return undefined
  const heads = list.map((_, host) => {
    const name = trace === undefined ? `host ${host + 1}` : (trace.hosts[host] ?? 'lb')
    return markup`<th scope="col" class="figure">${name}</th>`
  })
  return markup`<section aria-labelledby="h-counters"><h2 id="h-counters">Counters <span class="quiet">growth over the case</span></h2><div class="scroll"><table class="plain"><thead><tr><th scope="col">counter</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div></section>`
}

/** Every reset and ICMP error that somebody in the middle sent. */
export function emitted({ view }: OpenedCase): Markup | undefined {
  if (view === undefined) return undefined
  const unseen = view.trace.emissions === 'unseen'
  if (view.emitted.length === 0 && !unseen) return undefined
  const rows = view.emitted.map(({ index, label, by, seq, ack, acceptable, time }) => {
    const number = view.trace.number[index] ?? 0
    const cause =
      index < 0
        ? `no packet${time === undefined ? '' : `, at ${secondsText(time)} s`}`
        : markup`<a href="#packet-${index}" data-packet="${index}">${number === 0 ? 'injected packet' : `packet ${number}`}</a>`
    return markup`<tr><th scope="row">${label}</th><td>${by}</td><td>${cause}</td><td class="figure">${seq ?? '–'}</td><td class="figure">${ack ?? '–'}</td><td class="${acceptable ? 'ok' : 'bad'}">${acceptable ? 'acceptable' : 'would be ignored'}</td></tr>`
  })
  const table = markup`<div class="scroll"><table class="plain"><thead><tr><th scope="col">sent</th><th scope="col">by</th><th scope="col">because of</th><th scope="col" class="figure">seq</th><th scope="col" class="figure">ack</th><th scope="col">to its receiver</th></tr></thead><tbody>${rows}</tbody></table></div>`
  return markup`<section aria-labelledby="h-emitted"><h2 id="h-emitted">Sent by the device</h2>${unseen && markup`<p>What was emitted could not be seen on this target.</p>`}${rows.length > 0 && table}</section>`
}

/** What the case is and how it was played. */
export function facts({ record, side }: OpenedCase): Markup {
  const { case: test, finished } = record
  const trace = finished?.trace
  const list: [string, string][] = [
    ['target', `${side.target} ${side.version}`],
    ['capture', baseName(test.capture)],
    ['suite file', `${test.file}:${test.line}`],
    ['endpoints', test.endpoints],
  ]
  if (finished?.impact !== undefined) list.push(['impact', impactWords(finished.impact)])
  for (const { protocol, client, server } of trace?.flows.slice(0, 1) ?? [])
    list.push([
      (trace?.flows.length ?? 0) > 1 ? `first of ${trace?.flows.length} flows` : 'flow',
      `${protocol} ${client} to ${server}`,
    ])
  if (trace !== undefined)
    list.push(['controls', controlWords(trace.controls)], ['verdicts known', knownWords(trace.knowledge)])
  if (test.rows.length > 0) list.push(['decision rows', test.rows.join(', ')])
  if (test.tags.length > 0) list.push(['tags', test.tags.join(', ')])
  if (finished !== undefined) {
    if (finished.attempt > 1) list.push(['attempts', String(finished.attempt)])
    list.push(['took', formatDuration(finished.durationMs * 1e6)])
  }
  return markup`<section aria-labelledby="h-facts"><h2 id="h-facts">Case</h2>${definitions(list)}</section>`
}

export function definitions(list: readonly (readonly [string, string])[]): Markup {
  return markup`<dl class="facts">${list.map(([label, value]) => markup`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`
}

export function impactWords({ kind, after, end }: Impact): string {
  const first = end === undefined ? '' : `, felt first by the ${end}`
  return kind === 'survived' ? kind : `${kind} after ${formatDuration(after)}${first}`
}

function controlWords({
  sent,
  out,
  dead,
}: {
  readonly sent: number
  readonly out: number
  readonly dead: readonly string[]
}): string {
  return `${out} of ${sent} came out${dead.length === 0 ? '' : `; dead: ${dead.join(', ')}`}`
}

function knownWords(knowledge: string): string {
  const names = { 'on the wire': 'w', 'by log': 'l', 'by its own word': 's', 'not run': 'n' }
  return Object.entries(names)
    .map(([name, letter]) => [name, knowledge.split(letter).length - 1] as const)
    .flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []))
    .join(', ')
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
