import { FlowbreakError } from '../support/errors.ts'

/** Whether the name of a case matches. */
export type Matcher = (name: string) => boolean

/**
 * Reads a pattern of names. `*` stands for one component of the path or, inside one, for any of its characters; `**` for any
 * number of components, including none. A pattern with stars matches whole names; one without matches that name and all names
 * below it. Throws ERR_PATTERN for an empty pattern or component.
 */
export function compilePattern(pattern: string): Matcher {
  const parts = pattern.split('/')
  if (parts.includes(''))
    throw new FlowbreakError(
      'ERR_PATTERN',
      `"${pattern}" is not a pattern: write components parted by single "/", as in core/host-swap or **/policy:reject/**.`,
    )
  if (!pattern.includes('*')) return (name) => name === pattern || name.startsWith(`${pattern}/`)
  return (name) => matchesWild(parts, name.split('/'), '**', matchesComponent)
}

function matchesComponent(pattern: string, component: string): boolean {
  if (!pattern.includes('*')) return pattern === component
  return matchesWild([...pattern], [...component], '*', (wanted, found) => wanted === found)
}

/**
 * Whether the items match the pattern, in which `star` stands for any number of items. It backtracks to the latest star only,
 * so that no pattern makes it slow.
 */
function matchesWild(
  pattern: readonly string[],
  items: readonly string[],
  star: string,
  matches: (wanted: string, found: string) => boolean,
): boolean {
  let p = 0
  let i = 0
  let latestStar = -1
  let resumeAt = 0
  while (i < items.length) {
    const wanted = pattern[p]
    if (wanted === star) {
      latestStar = p++
      resumeAt = i
    } else if (wanted !== undefined && matches(wanted, items[i] ?? '')) {
      p++
      i++
    } else if (latestStar >= 0) {
      p = latestStar + 1
      i = ++resumeAt
    } else return false
  }
  while (pattern[p] === star) p++
  return p === pattern.length
}
