import { KNOBS } from '../../profile/schema.ts'
import type { Bench } from './bench.ts'
import { type KnobName, secondsOf, type Values } from './knob-values.ts'
import type { Probe } from './probe.ts'
import { PROBES } from './probes.ts'

const EXPRESSION = /\{(\w+)(?:\*(\d+(?:\.\d+)?))?(?:\+(\d+(?:\.\d+)?))?\}/g

/** The probes that a target can be asked; with `values`, those too that wait for time-outs, as long as these are supposed to be. */
export function poolFor(bench: Bench, values?: Values): readonly Probe[] {
  return PROBES.filter(({ setup }) => bench.lacks(setup) === undefined).flatMap((probe) => {
    if (!probe.script.includes('{')) return [probe]
    if (values === undefined) return []
    const script = resolved(probe.script, values)
    return [{ ...probe, script, name: `${probe.name} (${script})` }]
  })
}

function resolved(script: string, values: Values): string {
  return script.replace(EXPRESSION, (_, knob: string, times = '1', plus = '0') =>
    String(secondsOf(values, knob as KnobName) * Number(times) + Number(plus)),
  )
}

/** Whether a knob is a number, or may be one. */
export function isNumber(knob: KnobName): boolean {
  return KNOBS[knob].number !== undefined
}
