import { openSocket } from '../target/geneve/sockets.ts'
import { GENEVE_PORT } from '../wire/tunnel/geneve.ts'
import type { Finding } from './doctor-finding.ts'

/** Whether the load balancer of target geneve can have its port on this machine, where remote appliances return packets to. */
export async function geneveFinding(): Promise<Finding> {
  const there = await openSocket('0.0.0.0', GENEVE_PORT).then(
    (socket) => {
      socket.close()
      return true
    },
    () => false,
  )
  return {
    name: `UDP ${GENEVE_PORT}`,
    there,
    why: 'target geneve: where appliances that are not on this machine return packets to',
    remedy: `ss -lunp sport = :${GENEVE_PORT}  (and end what has it)`,
  }
}
