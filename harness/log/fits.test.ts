import { expect } from 'chai'
import fc from 'fast-check'
import { z } from 'zod'
import { fixtureRun } from '../report/fixtures/run.ts'
import { fits } from './fits.ts'
import { runEvent } from './schema.ts'

const EVENTS: readonly unknown[] = JSON.parse(JSON.stringify(fixtureRun()))

/** Every place in a value, as the keys that lead to it. */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, entry]) => placesIn(entry, [...path, key]))]
}

function changed(value: unknown, path: readonly string[], change: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return change
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) }
  const next = changed(Reflect.get(copy, key), rest, change)
  if (next === undefined) Reflect.deleteProperty(copy, key)
  else Reflect.set(copy, key, next)
  return copy
}

/** What the schema makes of a value is the value itself. */
function isUnchanged(schema: z.ZodType, value: unknown): boolean {
  const { success, data } = schema.safeParse(value)
  return success && JSON.stringify(data) === JSON.stringify(value)
}

describe('fits', () => {
  it('takes every event of a run', () => {
    const fitsEvent = fits(runEvent)
    for (const event of EVENTS) expect(fitsEvent(event), JSON.stringify(event)).to.equal(true)
  })

  it('says of any change to an event what the schema says', () => {
    const fitsEvent = fits(runEvent)
    const change = fc.oneof(
      fc.constantFrom<unknown>(
        undefined,
        null,
        'x',
        '',
        'fail',
        'core',
        -1,
        1.5,
        0,
        true,
        [],
        {},
        ['a'],
        [1],
        {
          unknown: 1,
        },
      ),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(fc.nat(), fc.nat(), change, fc.boolean(), (which, where, value, isAdded) => {
        const event = EVENTS[which % EVENTS.length]
        const places = placesIn(event)
        const place = places[where % places.length] ?? []
        const other = JSON.parse(
          JSON.stringify(changed(event, isAdded ? [...place, 'added'] : place, value) ?? null),
        )
        const found = fitsEvent(other)
        // Fields in another order are a copy that is not the same text, and fit all the same.
        expect(found && !runEvent.safeParse(other).success, JSON.stringify(other)).to.equal(false)
        if (isUnchanged(runEvent, other)) expect(found, JSON.stringify(other)).to.equal(true)
        if (found) expect(runEvent.parse(other)).to.deep.equal(other)
      }),
      { seed: 23, numRuns: 3000 },
    )
  })

  it('leaves what it does not know to the schema', () => {
    const schema = z.object({ when: z.iso.date(), text: z.string().max(3).nullable() })
    const fitsIt = fits(schema)
    expect(fitsIt({ when: '2026-11-21', text: null })).to.equal(true)
    expect(fitsIt({ when: '2026-11-21', text: 'abcd' })).to.equal(false)
    expect(fitsIt({ when: 'today', text: 'abc' })).to.equal(false)
  })
})
