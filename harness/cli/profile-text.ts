import type { Knob } from '../model/setup.ts'
import type { Profile } from '../profile/index.ts'
import type { Facts } from '../profile/knobs.ts'
import { GROUPS, KNOBS } from '../profile/schema.ts'
import { wrap } from '../report/wrap.ts'

const HEAD = ['knob', 'value', 'mark', 'source'] as const
const INDENT = '  '

/**
 * A profile for people: knobs by group, the system's own switches, and facts, most of which have no effect here. A line each, in columns,
 * for programs that search them too; where a line would be wider than `width`, a knob's source stands below it.
 */
export function profileText(profile: Profile, width = Number.POSITIVE_INFINITY): string {
  const groups = Object.entries(GROUPS).map(([group, title]) => ({
    title,
    rows: Object.entries(KNOBS)
      .filter(([, kind]) => kind.group === group)
      .flatMap(([name]) => {
        const knob = profile.knobs[name as keyof typeof KNOBS]
        return knob === undefined ? [] : [knobRow(name, knob)]
      }),
  }))
  const switches = profile.switches.map(({ name, policy, knobs, mark, source }) => {
    const set = Object.entries(knobs).map(([knob, value]) => `${knob} ${valueText(value)}`)
    return [name, [...(policy === undefined ? [] : [`policy ${policy}`]), ...set].join(', '), mark, source]
  })
  const { sharing } = profile.facts
  const parts = [
    ...groups,
    { title: "The system's own switches, and what they are in policy and knobs", rows: switches },
    {
      title: 'Sharing: what its model acts on, the keys of a setup by their names',
      rows: factRows(profile.facts.sharingModel ?? {}, false),
    },
    { title: 'Sharing: what --sharing sync does by default in this way', rows: factRows(sharing, true) },
    { title: 'Sharing: recorded facts; a source names what acts on them', rows: factRows(sharing, false) },
    {
      title: 'Load balancer: recorded facts, not acted on by this version',
      rows: factRows(profile.facts.loadBalancer, false),
    },
  ].filter(({ rows }) => rows.length > 0)
  const rows = [HEAD, ...parts.flatMap((part) => part.rows)]
  const widths = widthsOf(rows)
  const isWide = rows.every((row) => INDENT.length + line(row, widths).length <= width)
  const shown = (row: readonly string[]) => (isWide ? `${INDENT}${line(row, widths)}` : stacked(row, width))
  const lines = parts.flatMap((part) => [
    '',
    isWide ? part.title : wrap(part.title, width),
    ...part.rows.map(shown),
  ])
  const title = `${profile.name}: ${profile.title}`
  const top = isWide ? `${title}\n\n${shown(HEAD)}` : wrap(title, width)
  return `${[top, ...lines].join('\n')}\n`
}

/** A row whose mark and source stand below its name and value. */
function stacked([name = '', value = '', mark = '', source = '']: readonly string[], width: number): string {
  const below = (text: string) => wrap(text, width, INDENT.repeat(2))
  const first = `${INDENT}${name}  ${value}`
  const head = first.length <= width ? first : `${wrap(name, width, INDENT)}\n${below(value)}`
  return `${head}\n${below(`${mark}  ${source}`)}`
}

/** Facts for which sharing `sync` has keys; harness/profile/sync-ways.ts has their defaults. */
const OF_SYNC: readonly string[] = [
  'conntrackdMode',
  'tcpWindowTracking',
  'disableExternalCache',
  'pfsyncDefer',
  'sessionPickupConnectionless',
  'sessionPickupDelaySec',
  'replicatesHttp',
]

function factRows(facts: Facts['sharing'], acted: boolean): string[][] {
  return Object.entries(facts)
    .filter(([name]) => OF_SYNC.includes(name) === acted)
    .map(([name, knob]) => knobRow(name, knob))
}

function knobRow(name: string, { value, mark, source }: Knob<unknown>) {
  return [name, valueText(value), mark, source]
}

function valueText(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') || 'none' : String(value)
}

/**
 * Rows as text, every column except the last as wide as its widest cell; where a line would be wider than `width`, the cells of a row behind
 * its first two stand below these.
 */
export function columns(rows: readonly (readonly string[])[], width = Number.POSITIVE_INFINITY): string {
  const widths = widthsOf(rows)
  const lines = rows.map((row) => line(row, widths))
  const isWide = lines.every((text) => text.length <= width)
  return (isWide ? lines : rows.map((row) => twoCells(row, width))).map((text) => `${text}\n`).join('')
}

function twoCells([name = '', value = '', ...rest]: readonly string[], width: number): string {
  const indent = ' '.repeat(name.length - name.trimStart().length)
  const below = (text: string) => wrap(text, width, `${indent}${INDENT}`)
  const first = `${name}  ${value}`
  const head = first.length <= width ? first : `${name}\n${below(value)}`
  return rest.length === 0 ? head : `${head}\n${below(rest.join('  '))}`
}

function widthsOf(rows: readonly (readonly string[])[]): readonly number[] {
  return (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)))
}

function line(row: readonly string[], widths: readonly number[]): string {
  return row.map((cell, at) => (at < row.length - 1 ? cell.padEnd(widths[at] ?? 0) : cell)).join('  ')
}
