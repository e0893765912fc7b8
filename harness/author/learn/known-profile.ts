import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { KnobValue } from '../../model/setup.ts'
import { getProfile, makeProfile, type Profile, profileNames } from '../../profile/index.ts'
import { isProfileFile, readOwnProfile } from '../../suite/own-profile.ts'
import { type KnobName, knobNames, sameValue, valuesOf } from './knob-values.ts'

/** A profile to be compared: a shipped one, all of which is known, or one that was learned, with what is not. */
export interface KnownProfile {
  readonly name: string
  readonly values: ReadonlyMap<KnobName, KnobValue>
  /** By knob: why it is not known. */
  readonly unknown: ReadonlyMap<KnobName, string>
}

/** Reads a profile by its name, or from its file. Throws ERR_PROFILE, ERR_PROFILE_UNKNOWN. */
export function readKnownProfile(named: string): KnownProfile {
  if (!isProfileFile(named)) return shipped(named)
  const own = readOwnProfile(named)
  const unknown = new Map(Object.entries(unknownIn(named)) as (readonly [KnobName, string])[])
  for (const knob of Object.keys(own.knobs)) unknown.delete(knob as KnobName)
  return { name: own.name, values: saidBy(makeProfile(own), unknown), unknown }
}

function shipped(name: string): KnownProfile {
  return { name, values: saidBy(getProfile(name), new Map()), unknown: new Map() }
}

/** The knobs that a profile has; what its tracker never asks for, it may not. */
function saidBy(profile: Profile, unknown: ReadonlyMap<KnobName, string>): ReadonlyMap<KnobName, KnobValue> {
  const all = valuesOf(profile)
  return new Map(
    knobNames()
      .filter((knob) => profile.knobs[knob] !== undefined && !unknown.has(knob))
      .map((knob) => [knob, all[knob]] as const),
  )
}

function unknownIn(file: string): Readonly<Record<string, string>> {
  const { unknown }: { readonly unknown?: Readonly<Record<string, string>> } = parse(
    readFileSync(file, 'utf8'),
  )
  return unknown ?? {}
}

/** A knob in which two profiles differ; where one of them does not know it, that one has no value. */
export interface Difference {
  readonly knob: KnobName
  readonly from?: KnobValue
  readonly to?: KnobValue
}

/** Every knob in which they differ, or that one of them alone knows. */
export function differencesOf(one: KnownProfile, other: KnownProfile): readonly Difference[] {
  return knobNames().flatMap((knob): readonly Difference[] => {
    const from = one.values.get(knob)
    const to = other.values.get(knob)
    if (from === undefined && to === undefined) return []
    if (from !== undefined && to !== undefined && sameValue(from, to)) return []
    return [{ knob, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }]
  })
}

/** How near a shipped profile is: knobs that both know, and those of them that differ. */
export interface Nearness {
  readonly name: string
  readonly compared: number
  readonly differences: readonly Difference[]
}

/** The shipped profiles, the nearest first. */
export function nearestOf(profile: KnownProfile): readonly Nearness[] {
  return (
    profileNames()
      .map((name): Nearness => {
        const known = shipped(name)
        const differences = differencesOf(known, profile).filter(
          ({ from, to }) => from !== undefined && to !== undefined,
        )
        const compared = [...profile.values.keys()].filter((knob) => known.values.has(knob)).length
        return { name, compared, differences }
      })
      // Of those from which as few differ, the one that says most.
      .sort(
        (one, other) => one.differences.length - other.differences.length || other.compared - one.compared,
      )
  )
}
