import { connect, createServer, type Socket } from 'node:net'
import { message, type Order, readOrder, type Step } from './script.ts'

// A TCP end that does what its order's script says. A client ends with its connections, a server with a signal.

/** Plays `script` on one connection, then waits for nothing more. */
async function play(socket: Socket, who: string, script: readonly Step[]): Promise<void> {
  let received = 0
  let expected = 0
  let messages = 0
  let ended = false
  let wake = (): void => {}
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length
    wake()
  })
  socket.on('end', () => {
    ended = true
    wake()
  })
  socket.on('close', () => wake())
  // A reset arrives as an error; `close` follows it and is what scripts wait for.
  socket.on('error', () => {})
  const until = async (happened: () => boolean): Promise<void> => {
    while (!happened()) {
      if (socket.closed) throw new Error('The connection closed before the script was played.')
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  for (const step of script) {
    const [verb, argument] = step.split(' ')
    const amount = Number(argument)
    if (verb === 'send') {
      const bytes = message(who, ++messages, amount)
      await new Promise<void>((resolve) => socket.write(bytes, () => resolve()))
    } else if (verb === 'receive') {
      expected += amount
      await until(() => received >= expected)
    } else if (verb === 'pause') await new Promise((resolve) => setTimeout(resolve, amount))
    else if (verb === 'end') socket.end()
    else if (verb === 'ended') await until(() => ended)
    else if (verb === 'reset') socket.resetAndDestroy()
    else if (verb === 'closed') await until(() => socket.closed)
  }
}

function listen({ address, port, script }: Order): void {
  const server = createServer(
    { allowHalfOpen: true, noDelay: true },
    (socket) => void play(socket, 'server', script),
  )
  server.listen({ host: address, port, backlog: 1024 })
}

async function dial({ address, port, localPort, script }: Order, index: number): Promise<void> {
  const socket = connect({
    host: address,
    port,
    localPort: localPort + index,
    allowHalfOpen: true,
    noDelay: true,
  })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  await play(socket, 'client', script)
}

const order = readOrder()
if (order.role === 'listen') listen(order)
else await Promise.all(Array.from({ length: order.connections }, (_, index) => dial(order, index)))
