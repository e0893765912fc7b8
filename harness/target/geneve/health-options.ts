import type { Wrong } from '../wrong.ts'

/** How appliances are checked (Gateway Load Balancer guide, health checks); times in seconds. */
export interface HealthOptions {
  readonly kind: 'tcp' | 'http'
  /** By host. */
  readonly ports: readonly number[]
  readonly path: string
  readonly interval: number
  readonly timeout: number
  /** Consecutive results that change the state of a host. */
  readonly healthy: number
  readonly unhealthy: number
  /** How long hosts may take to become healthy before a run and between cases. */
  readonly wait: number
}

const KNOWN = ['kind', 'port', 'path', 'interval', 'timeout', 'healthy', 'unhealthy', 'wait']

/** Reads `health`; intervals may be shorter than those of the real load balancer. */
export function readHealth(value: unknown, hosts: number, wrong: Wrong): HealthOptions {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong('health must be as { kind: tcp, port: 80 }')
  const given = value as Readonly<Record<string, unknown>>
  const stranger = Object.keys(given).find((key) => !KNOWN.includes(key))
  if (stranger !== undefined) throw wrong(`health has no ${stranger}, only ${KNOWN.join(', ')}`)
  const { kind = 'tcp', port, path = '/' } = given
  if (kind !== 'tcp' && kind !== 'http') throw wrong('health.kind must be tcp or http')
  if (typeof path !== 'string' || !path.startsWith('/')) throw wrong('health.path must begin with /')
  const ports: readonly unknown[] = Array.isArray(port) ? port : Array.from({ length: hosts }, () => port)
  if (ports.length !== hosts || !ports.every(isPort))
    throw wrong('health.port must be a port, or a list with one for each host')
  const number = (key: string, fallback: number, least: number, most: number) => {
    const { [key]: read = fallback } = given
    if (typeof read === 'number' && read >= least && read <= most) return read
    throw wrong(`health.${key} must be a number from ${least} to ${most}`)
  }
  return {
    kind,
    ports: ports.filter(isPort),
    path,
    interval: number('interval', 1, 0.05, 300),
    timeout: number('timeout', 2, 0.05, 120),
    healthy: number('healthy', 2, 1, 10),
    unhealthy: number('unhealthy', 2, 1, 10),
    wait: number('wait', 30, 0, 3600),
  }
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536
}
