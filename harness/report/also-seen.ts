import { groupBy } from '../log/group.ts'
import type { CaseFinished, Sighted } from '../model/run-log.ts'
import { largest } from '../support/largest.ts'

/** Most fields that are listed for one kind of sighting. */
const FIELDS = 6

/** What was seen in a case besides verdicts, each in a few words: `packet 4 late by 0.350 s`, `mss 1460 → 1380 (2 packets)`. */
export function alsoSeen(finished: CaseFinished): string[] {
  const { sightings = [], outages = [] } = finished
  const words = [...groupBy(sightings, ({ kind }) => kind)].flatMap(([kind, group]) =>
    kind === 'altered'
      ? alterationWords(group, finished)
      : group.map((each) => sightingWords(each, finished)),
  )
  const away = outages.map(({ event, host, lasted, over }) => {
    const what = host === undefined ? event : `${event} of ${host}`
    const time = `${(lasted / 1e6).toFixed(3)} s`
    return over
      ? `no way through for ${time} after ${what}`
      : `no way through after ${what}: given up after ${time}`
  })
  return [...words, ...away]
}

function sightingWords(sighted: Sighted, finished: CaseFinished): string {
  const { kind, indices, after = [], field = '' } = sighted
  const what = packetsWords(indices, finished)
  switch (kind) {
    case 'late': {
      const most = (Math.max(largest(after), 0) / 1e6).toFixed(3)
      return indices.length === 1 ? `${what} late by ${most} s` : `${what} late, by ${most} s at most`
    }
    case 'again':
      return `${what} again`
    case 'fragmented':
      return `${what} in fragments`
    case 'reassembled':
      return `${what} put together`
    case 'elsewhere':
      return `${what} by arms that are not its own`
    case 'refused':
      return indices.length === 0
        ? `${after.length} packets not taken back: ${field}`
        : `${what} not taken back: ${field}`
    case 'altered':
    case 'stray':
      return after.length === 1 ? 'a packet that nobody sent' : `${after.length} packets that nobody sent`
  }
}

/** An altered field with its old and its new value, or only that it was changed, if packets differ. */
function alterationWords(group: readonly Sighted[], finished: CaseFinished): string[] {
  const fields = [...groupBy(group, ({ field = '' }) => field)]
  const words = fields.slice(0, FIELDS).map(([field, of]) => {
    const [first] = of
    const packets = packetsWords(
      of.flatMap(({ indices }) => indices),
      finished,
    )
    if (of.length > 1 || first === undefined) return `${field} changed (${packets})`
    return `${field} ${first.sent} → ${first.seen} (${packets})`
  })
  return fields.length > FIELDS ? [...words, `${fields.length - FIELDS} more fields changed`] : words
}

/** `packet 4`, or the number of packets. */
function packetsWords(indices: readonly number[], { trace }: CaseFinished): string {
  const [index] = indices
  if (indices.length !== 1 || index === undefined) return `${indices.length} packets`
  const number = trace?.number[index] ?? 0
  return number === 0 ? 'an injected packet' : `packet ${number}`
}
