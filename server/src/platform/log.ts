import { type Logger, pino } from 'pino'

export type Log = Logger

/** Structured lines on stderr, so that what `npm start` prints for people stays readable on stdout. Secrets never reach a line. */
export const openLog = (level: string): Log =>
  pino(
    { level, redact: ['req.headers.authorization', 'req.headers.cookie', '*.password', '*.token'] },
    pino.destination({ dest: 2, sync: false }),
  )
