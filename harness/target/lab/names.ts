/** How the namespaces of labs begin, whoever made them. */
export const PREFIX = 'flowbreak'

/** The namespace of a host, and the one that holds the outer ends. */
export function hostNamespace(lab: string, host: number): string {
  return `${PREFIX}-${lab}-${host}`
}

export function outerNamespace(lab: string): string {
  return `${PREFIX}-${lab}-x`
}

/** Links of a host: those of its clients' and of its servers' side, and one by which it sends what it has to say itself. */
export const LINKS = ['c', 's', 'r'] as const

/** Hardware addresses by host and link: of the outer end, and of the host's own. */
export function hardwareAddress(host: number, side: number, end: 'outer' | 'host'): string {
  const byte = (value: number) => value.toString(16).padStart(2, '0')
  return `02:fb:${end === 'outer' ? '00' : '01'}:${byte(host >> 8)}:${byte(host & 255)}:${byte(side)}`
}
