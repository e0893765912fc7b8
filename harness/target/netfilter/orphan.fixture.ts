import { Lab } from './lab.ts'

/** Makes a lab, says so, and waits to be killed. */
const lab = await Lab.open(1, 1500)
process.stdout.write(`${lab.id}\n`)
setInterval(() => undefined, 1000)
