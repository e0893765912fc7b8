import type { Bench } from './bench.ts'
import { type KnobName, secondsOf, type Values } from './knob-values.ts'
import { parseProbe } from './notation.ts'
import type { Probe } from './probe.ts'
import { PROBES } from './probes.ts'

/** A wait of seconds, which numbers have a say in. */
const WAITS = /\+[\d{]/
const EXPRESSION = /\{(\w+)(?:\*(\d+(?:\.\d+)?))?(?:\+(\d+(?:\.\d+)?))?\}/g

/**
 * The probes that a target can be asked; with `values`, those too that wait, for as long as time-outs are
 * supposed to be, but for none that waits longer than `longest` seconds at a time.
 */
export function poolFor(bench: Bench, longest: number, values?: Values): readonly Probe[] {
  return instantiated(
    PROBES.filter((probe) => bench.lacksOf(probe) === undefined),
    longest,
    values,
  )
}

/** The probes that a target cannot be asked. */
export function lackingFor(bench: Bench, values: Values): readonly Probe[] {
  const lacking = PROBES.filter((probe) => bench.lacksOf(probe) !== undefined)
  return instantiated(lacking, Number.POSITIVE_INFINITY, values)
}

function instantiated(probes: readonly Probe[], longest: number, values?: Values): readonly Probe[] {
  return probes.flatMap((probe) => {
    if (!WAITS.test(probe.script)) return [probe]
    if (values === undefined) return []
    const script = resolved(probe.script, values)
    if (parseProbe(script).some(({ gap }) => gap > longest)) return []
    return [{ ...probe, script, name: script === probe.script ? probe.name : `${probe.name} (${script})` }]
  })
}

/** A script with what its expressions come to. */
export function resolved(script: string, values: Values): string {
  return script.replace(EXPRESSION, (_, knob: string, times = '1', plus = '0') =>
    String(Number((secondsOf(values, knob as KnobName) * Number(times) + Number(plus)).toFixed(3))),
  )
}
