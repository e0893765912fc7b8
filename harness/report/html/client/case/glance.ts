import type { Mismatch } from '../../../../model/run-log.ts'
import { MARK_WORDS } from '../../mark-words.ts'
import { secondsText } from '../ladder/packet.ts'
import { type Markup, markup } from '../markup.ts'
import type { TraceView } from '../trace.ts'
import type { OpenedCase } from './opened.ts'

const BY: Readonly<Record<string, string>> = {
  wire: 'seen on the wire',
  log: "told by the device's own record",
  self: "the target's own word",
}

/** What was sent, what came back, what should have, and by which document: of the first difference, else of the case. */
export function glance({ entry, record, view }: OpenedCase): Markup | undefined {
  const mismatches = record.finished?.mismatches ?? []
  const first = mismatches.find(({ level }) => level !== 'provisional') ?? mismatches[0]
  if (first === undefined) return view === undefined ? undefined : met({ record, view })
  const level =
    first.level === 'provisional' ? 'provisional: it fails no case' : `${first.level}: it must be so`
  return boxes(entry.outcome, [
    ['What was sent', sent(view, first), jump(view, first)],
    ['What came back', first.observed, known(view, first)],
    ['What should have', first.expected, level],
    ['By which document', first.provenance.where, MARK_WORDS[first.provenance.mark]],
  ])
}

function sent(view: TraceView | undefined, { index, phase }: Mismatch): string {
  if (view === undefined || index === undefined) return `the case as a whole, ${phase}`
  const number = view.trace.number[index] ?? 0
  const way = view.trace.direction[index] === '>' ? 'client to server' : 'server to client'
  const host = view.lanes[view.via[index] ?? -1]
  return `${number === 0 ? 'An injected packet' : `Packet ${number}`}, ${view.label[index]}, ${way}, ${phase}${host === undefined ? '' : `, to ${host}`}`
}

function jump(view: TraceView | undefined, { index }: Mismatch): Markup | undefined {
  if (view === undefined || index === undefined) return undefined
  return markup`<a href="#packet-${index}" data-packet="${index}">at ${secondsText(view.trace.time[index] ?? 0)} s in the ladder</a>`
}

function known(view: TraceView | undefined, { index }: Mismatch): string {
  if (view === undefined || index === undefined) return ''
  const by = view.lanes[view.by[index] ?? -1]
  const how = BY[view.known[index] ?? ''] ?? ''
  return [by === undefined ? '' : `decided by ${by}`, how].filter(Boolean).join(', ')
}

function met({ record, view }: { readonly record: OpenedCase['record']; readonly view: TraceView }): Markup {
  const { trace } = view
  const count = (letter: string) => trace.verdict.split(letter).length - 1
  const names = { forward: 'f', drop: 'd', reject: 'r', answered: 'a', undecided: 'u', 'not run': 'n' }
  const came = Object.entries(names).flatMap(([name, letter]) =>
    count(letter) > 0 ? [`${count(letter)} ${name}`] : [],
  )
  const sources = [...new Set(record.case.expectations.map(({ provenance }) => provenance.where))]
  const marks = [...new Set(record.case.expectations.map(({ provenance }) => provenance.mark))]
  const phases = trace.phases.slice(1).join(', ')
  return boxes('pass', [
    ['What was sent', `${trace.number.length} packets through ${view.lanes.slice(1, -1).join(', ')}`, phases],
    ['What came back', came.join(', '), ''],
    ['What should have', 'the same: every expectation was met', ''],
    ['By which document', sources.join('; '), marks.map((mark) => MARK_WORDS[mark]).join(', ')],
  ])
}

type Box = readonly [title: string, text: string, note: Markup | string | undefined]

function boxes(outcome: string, list: readonly Box[]): Markup {
  return markup`<dl class="glance o-${outcome}">${list.map(([title, text, note]) => markup`<div><dt>${title}</dt><dd>${text}</dd>${note !== undefined && note !== '' && markup`<dd class="note">${note}</dd>`}</div>`)}</dl>`
}
