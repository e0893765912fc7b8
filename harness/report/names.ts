import type { CaseSummary } from '../model/run-log.ts'

/** The name of a case without its axes, which are at its end: `suite/host-swap` for `suite/host-swap/policy:drop`. */
export function groupName({ name, axes }: Pick<CaseSummary, 'name' | 'axes'>): string {
  const suffix = Object.entries(axes)
    .map(([axis, value]) => `/${axis}:${value}`)
    .join('')
  return suffix !== '' && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name
}

/** Like `groupName`, without the name of its suite. */
export function shortName(test: Pick<CaseSummary, 'name' | 'axes' | 'suite'>): string {
  const group = groupName(test)
  return group.startsWith(`${test.suite}/`) ? group.slice(test.suite.length + 1) : group
}
