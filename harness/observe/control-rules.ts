import type { Setup, Stateless } from '../model/setup.ts'
import { CONTROL_CLIENT, CONTROL_PORT, CONTROL_SERVER } from './control-frames.ts'
import { openingOf } from './opening.ts'

const CONTROL_RULES: readonly string[] = (['ipv4', 'ipv6'] as const).flatMap((family, index) =>
  (['pass', 'drop'] as const).map(
    (action, offset) =>
      `${action} udp ${CONTROL_CLIENT[family]} any <> ${CONTROL_SERVER[family]} ${action === 'pass' ? CONTROL_PORT.server : CONTROL_PORT.denied} (msg:"control"; sid:${900_000_000 + index * 2 + offset};)`,
  ),
)

/**
 * Rules in Suricata's language that allow controls, and the connection that calibration opens, whatever the case's own rules say, and
 * deny the controls that a rule must deny; they come before those of the case.
 */
export function controlRulesOf(setup: Setup): readonly string[] {
  const { client, server, serverPort } = openingOf(setup)
  return [
    ...CONTROL_RULES,
    `pass tcp ${client.join('.')} any -> ${server.join('.')} ${serverPort} (msg:"opening"; sid:900000010;)`,
  ]
}

/** The setup's stateless engine, extended to send controls on to the stateful engine before the case's own rules apply. */
export function withControls(stateless: Stateless, setup: Setup): Stateless {
  const { client, server } = openingOf(setup)
  const ends = [
    ...[...Object.values(CONTROL_CLIENT), ...Object.values(CONTROL_SERVER)],
    ...[client.join('.'), server.join('.')],
  ]
  const controls = {
    priority: 0,
    action: { verdict: 'aws:forward_to_sfe', customs: [] },
    match: {
      sources: ends,
      destinations: ends,
      sourcePorts: [],
      destinationPorts: [],
      protocols: [],
      flags: [],
    },
  } as const
  return { ...stateless, rules: [controls, ...stateless.rules] }
}
