import type { Impact } from '../model/case.ts'
import { formatDuration } from '../support/duration.ts'

/** An impact in words: `survived`, `hung after 123.8s (client)`. */
export function impactWords({ kind, after, end }: Impact): string {
  return `${kind}${kind === 'survived' ? '' : ` after ${formatDuration(after)}`}${end === undefined ? '' : ` (${end})`}`
}
