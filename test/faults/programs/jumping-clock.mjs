// Loaded before a program: from then on the time of day jumps, an hour forth and two back in turn, each time that it is asked.
const real = Date.now
const HOUR = 3_600_000
let asked = 0
Date.now = () => real() + (asked++ % 2 === 0 ? HOUR : -2 * HOUR)
globalThis.Date = new Proxy(Date, {
  construct: (target, args) => Reflect.construct(target, args.length === 0 ? [Date.now()] : args),
})
