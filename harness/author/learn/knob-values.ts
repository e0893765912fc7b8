import type { KnobValue } from '../../model/setup.ts'
import type { Profile } from '../../profile/index.ts'
import type { Knobs } from '../../profile/knobs.ts'
import { KNOBS } from '../../profile/schema.ts'

export type KnobName = keyof Knobs
/** A value for every knob. */
export type Values = { readonly [K in KnobName]-?: KnobValue }

/** What tracker conntrack alone asks for, and takes where a profile does not have it (harness/engine/conntrack/settings.ts). */
const ABSENT: { readonly [K in KnobName]?: (knobs: Knobs) => KnobValue } = {
  invalid: () => 'policy',
  ignoreInvalidReset: () => false,
  ftpHelper: () => false,
  badChecksum: () => 'ignore',
  tcpSynSent2: ({ tcpNew }) => tcpNew.value,
  tcpFinWait: ({ tcpEstablished }) => tcpEstablished.value,
  tcpCloseWait: ({ tcpEstablished }) => tcpEstablished.value,
  tcpMostRetransmissions: () => 3,
  tcpRetransmitting: ({ tcpEstablished }) => tcpEstablished.value,
  tcpUnacknowledged: ({ tcpEstablished }) => tcpEstablished.value,
  ...Object.fromEntries(
    knobNames()
      .filter((name) => /^(gre|sctp)[A-Z]/.test(name))
      .map((name) => [name, ({ other }: Knobs) => other.value]),
  ),
}

/** All knobs of a profile. */
export function valuesOf({ knobs }: Pick<Profile, 'knobs'>): Values {
  return Object.fromEntries(
    knobNames().map((name) => [name, knobs[name]?.value ?? ABSENT[name]?.(knobs)]),
  ) as unknown as Values
}

export function knobNames(): readonly KnobName[] {
  return Object.keys(KNOBS) as KnobName[]
}

/** The same values but for one. */
export function withValue(values: Values, knob: KnobName, value: KnobValue): Values {
  return { ...values, [knob]: value }
}

export function sameValue(one: KnobValue | undefined, other: KnobValue | undefined): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other
  return one.length === other.length && one.every((each) => other.includes(each))
}

/** As people read it. */
export function valueText(value: KnobValue | undefined): string {
  return Array.isArray(value) ? value.join(', ') : String(value)
}

/** The words of a knob; empty: it takes a number alone, or a list. */
export function choicesOf(knob: KnobName): readonly KnobValue[] {
  const { words = [], boolean, list } = KNOBS[knob]
  if (list !== undefined) return []
  return boolean === true ? [true, false] : words
}

/** A number that stands for a time-out: of `established` that of an established session, of `state` that of a new one. */
export function secondsOf(values: Values, knob: KnobName): number {
  const value = values[knob]
  if (value === 'established') return Number(values.tcpEstablished)
  return value === 'state' ? Number(values.tcpNew) : Number(value)
}
