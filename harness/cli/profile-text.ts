import type { Knob } from '../model/setup.ts'
import type { Profile } from '../profile/index.ts'
import type { Facts } from '../profile/knobs.ts'
import { GROUPS, KNOBS } from '../profile/schema.ts'

const HEAD = ['knob', 'value', 'mark', 'source'] as const

/** A profile for people: knobs by group, the system's own switches, and facts, most of which have no effect here. */
export function profileText(profile: Profile): string {
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
  const widths = widthsOf([HEAD, ...parts.flatMap(({ rows }) => rows)])
  const lines = parts.flatMap(({ title, rows }) => [
    '',
    title,
    ...rows.map((row) => `  ${line(row, widths)}`),
  ])
  return `${profile.name}: ${profile.title}\n\n  ${line(HEAD, widths)}${lines.map((each) => `\n${each}`).join('')}\n`
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

/** Rows as text, every column except the last as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = widthsOf(rows)
  return rows.map((row) => `${line(row, widths)}\n`).join('')
}

function widthsOf(rows: readonly (readonly string[])[]): readonly number[] {
  return (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)))
}

function line(row: readonly string[], widths: readonly number[]): string {
  return row.map((cell, at) => (at < row.length - 1 ? cell.padEnd(widths[at] ?? 0) : cell)).join('  ')
}
