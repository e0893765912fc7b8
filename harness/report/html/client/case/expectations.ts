import type { Expectation } from '../../../../model/case.ts'
import { expectedWords, metOf } from '../../expected.ts'
import { type Markup, markup } from '../markup.ts'
import type { OpenedCase } from './opened.ts'

/** Everything that the case demands, how far it was met, and what each demand rests on. */
export function expectations({ record, view }: OpenedCase): Markup | undefined {
  const { case: test, finished } = record
  if (test.expectations.length === 0) return undefined
  const mismatches = finished?.mismatches ?? []
  const met = view === undefined ? [] : metOf(test, mismatches, view.trace)
  const rows = test.expectations.map((expectation, at) => {
    const { level, provenance } = expectation
    const tolerated = expectation.kind === 'packets' ? expectation.tolerated.join(' or ') : ''
    return markup`<tr><th scope="row">${subjectOf(expectation)}</th><td>${expectedWords(expectation)}${tolerated !== '' && markup` <span class="quiet">(tolerated: ${tolerated})</span>`}</td><td class="figure">${metWords(expectation, met[at])}</td><td>${level}</td><td><span class="prov">${provenance.mark}</span> ${provenance.where}</td></tr>`
  })
  return markup`<section aria-labelledby="h-expectations"><h2 id="h-expectations">Expectations</h2><div class="scroll"><table class="plain"><thead><tr><th scope="col">of</th><th scope="col">expected</th><th scope="col" class="figure">met</th><th scope="col">level</th><th scope="col">rests on</th></tr></thead><tbody>${rows}</tbody></table></div></section>`
}

const SUBJECTS: Readonly<Record<string, string>> = {
  impact: 'impact',
  'expiry-resets': 'resets at expiry',
  unaltered: 'alterations',
}

function subjectOf(expectation: Expectation): string {
  if (expectation.kind === 'counter') {
    const { counter, host } = expectation
    return `${counter}${host === undefined ? '' : ` of ${host}`}`
  }
  if (expectation.kind !== 'packets') return SUBJECTS[expectation.kind] ?? ''
  const { phase, which, direction } = expectation
  const packets = which === 'all' ? '' : typeof which === 'number' ? `, packet ${which}` : `, ${which}`
  return `${phase}${direction === undefined ? '' : `, ${direction}`}${packets}`
}

function metWords(
  { kind }: Expectation,
  met: { readonly checked: number; readonly met: number } | undefined,
): Markup | undefined {
  if (kind !== 'packets' || met === undefined) return undefined
  return markup`<span class="${met.met === met.checked ? 'ok' : 'bad'}">${met.met} of ${met.checked}</span>`
}

/** What was not met, in the log's words, alike ones once. */
export function mismatches({ record, view }: OpenedCase): Markup | undefined {
  const list = record.finished?.mismatches ?? []
  if (list.length === 0) return undefined
  const rows: { key: string; row: (more: number) => Markup; more: number }[] = []
  for (const { level, provenance, phase, index, expected, observed } of list) {
    const key = [level, provenance.where, phase, expected, observed, index === undefined].join('\n')
    const last = rows.at(-1)
    if (last?.key === key) {
      last.more++
      continue
    }
    const number = index === undefined ? -1 : (view?.trace.number[index] ?? 0)
    const where =
      index === undefined ? phase : `${number === 0 ? 'injected packet' : `packet ${number}`}, ${phase}`
    const link =
      index === undefined || view === undefined
        ? where
        : markup`<a href="#packet-${index}" data-packet="${index}">${where}</a>`
    rows.push({
      key,
      more: 0,
      row: (more) =>
        markup`<tr class="l-${level}"><th scope="row">${link}${more > 0 && markup` <span class="quiet">and ${more} more alike</span>`}</th><td>${expected}</td><td class="came">${observed}</td><td>${level}</td><td><span class="prov">${provenance.mark}</span> ${provenance.where}</td></tr>`,
    })
  }
  return markup`<section aria-labelledby="h-mismatches"><h2 id="h-mismatches">Not as expected</h2><div class="scroll"><table class="plain mismatches"><thead><tr><th scope="col">where</th><th scope="col">expected</th><th scope="col">observed</th><th scope="col">level</th><th scope="col">rests on</th></tr></thead><tbody>${rows.map(({ row, more }) => row(more))}</tbody></table></div></section>`
}
