import { type BrowserContext, type CDPSession, chromium, type Page } from '@playwright/test'
import { findBrowser } from '../../server/test/browser/find-browser.ts'
import type { Seat } from './world.ts'

export type Frames = {
  /** Milliseconds from frame to frame. */
  gaps: number[]
  /** The most rows that stood in the page at once. */
  rows: number
  /** Of the lines in sight, over all frames, how many were still to come. */
  blankShare: number
  /** What the page's main thread has worked, in milliseconds, whatever else ran on the machine. */
  cpuMs: number
}
export type Driver = {
  /** Turns the wheel so many pixels down from the top. */
  wheel(px: number): Promise<Frames>
  /** Drags the bar from the top to the end, within so many milliseconds. */
  drag(ms: number): Promise<Frames>
  /** Goes to a place of the list, 0 the top and 1 the end, where nothing is loaded: milliseconds until all lines in sight are there. */
  jump(place: number): Promise<number>
  /** With the End key: milliseconds until the last lines are there. */
  end(): Promise<number>
  heapMb(): Promise<number>
  /** Milliseconds of each request for licenses since the last call. */
  takeRequests(): number[]
  page: Page
  close(): Promise<void>
}

/** A browser that shows the license grid of a seat with the long type open, and what a user does with it. */
export async function openDriver(url: string, seat: Seat): Promise<Driver> {
  const browser = await chromium.launch(await findBrowser())
  // The policy of the console would refuse what looks at its frames.
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, bypassCSP: true })
  await context.addCookies([{ name: 'tenantree_session', value: seat.token, url, httpOnly: true, sameSite: 'Lax' }])
  await context.addInitScript(recorder)
  const page = await context.newPage()
  const requests = noteRequests(context)
  await page.goto(`${url}/t/${seat.tenantId}/licenses`)
  await page.getByRole('button', { name: 'Browser Security Core+' }).click()
  const session = await context.newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  await untilThere(page)
  const scrollTo = (place: number) => page.evaluate(`scrollToPlace(${place})`)
  const timed = async (act: () => Promise<unknown>): Promise<number> => {
    const from = performance.now()
    await act()
    await untilThere(page)
    return performance.now() - from
  }
  const record = async (act: () => Promise<unknown>): Promise<Frames> => {
    await scrollTo(0)
    await untilThere(page)
    const before = await readCpuMs(session)
    await page.evaluate('startRecording()')
    await act()
    const seen = await page.evaluate<Omit<Frames, 'cpuMs'>>('stopRecording()')
    return { ...seen, cpuMs: (await readCpuMs(session)) - before }
  }
  return {
    page,
    wheel: (px) => record(() => turnWheel(session, px)),
    drag: (ms) => record(() => page.evaluate(`dragBar(${ms})`)),
    jump: (place) => timed(() => scrollTo(place)),
    end: () =>
      timed(async () => {
        await page.getByRole('region', { name: 'Rows', exact: true }).focus()
        await page.keyboard.press('End')
        await page.waitForFunction('isAtEnd()')
      }),
    heapMb: async () => (await session.send('Runtime.getHeapUsage')).usedSize / 1e6,
    takeRequests: () => requests.splice(0),
    close: () => browser.close(),
  }
}

async function readCpuMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000
}

function noteRequests(context: BrowserContext): number[] {
  const took: number[] = []
  context.on('requestfinished', (request) => {
    if (request.url().includes('/v1/license')) took.push(request.timing().responseEnd)
  })
  return took
}

const turnWheel = (session: CDPSession, px: number) =>
  session.send('Input.synthesizeScrollGesture', {
    ...{ x: 700, y: 600, yDistance: -px, speed: 6000, gestureSourceType: 'mouse', preventFling: true },
  })

/** Until rows are in sight and none of them is still to come. */
const untilThere = (page: Page) => page.waitForFunction('lookAtLines().lines > 3 && lookAtLines().waiting === 0')

/** Runs in the page: looks at each frame. */
const recorder = `
  function lookAtLines() {
    const rows = document.querySelector('[aria-label="Rows"]')
    if (!rows) return { lines: 0, waiting: 0, rows: 0 }
    // Told from the numbers of the rows: asking where each stands would cost more than what is measured.
    const from = Math.ceil(rows.scrollTop / 38)
    const to = Math.min(from + Math.floor((rows.clientHeight - 76) / 38), Number(rows.firstElementChild.getAttribute('aria-rowcount')) - 2)
    const all = [...rows.querySelectorAll('[role="row"]')]
    const seen = all.filter((row) => { const at = row.getAttribute('aria-rowindex') - 2; return at >= from && at <= to })
    // A part of the view without any row is as blank as one with rows still to come.
    const missing = Math.max(0, to - from + 1 - seen.length)
    return { lines: to - from + 1, waiting: missing + seen.filter((row) => row.querySelector('[data-waiting]')).length, rows: all.length }
  }
  function scrollToPlace(share) {
    const rows = document.querySelector('[aria-label="Rows"]')
    rows.scrollTop = share * (rows.scrollHeight - rows.clientHeight)
  }
  function isAtEnd() {
    const rows = document.querySelector('[aria-label="Rows"]')
    return rows.scrollTop + rows.clientHeight >= rows.scrollHeight - 2
  }
  let recording = null
  function startRecording() {
    const own = { gaps: [], rows: 0, lines: 0, waiting: 0, last: performance.now(), on: true }
    recording = own
    const frame = (now) => {
      if (!own.on) return
      own.gaps.push(now - own.last)
      own.last = now
      const seen = lookAtLines()
      own.rows = Math.max(own.rows, seen.rows)
      own.lines += seen.lines
      own.waiting += seen.waiting
      requestAnimationFrame(frame)
    }
    requestAnimationFrame((now) => { own.last = now; requestAnimationFrame(frame) })
  }
  function stopRecording() {
    recording.on = false
    const { gaps, rows, lines, waiting } = recording
    return { gaps, rows, blankShare: waiting / Math.max(1, lines) }
  }
  function dragBar(ms) {
    const from = performance.now()
    return new Promise((resolve) => {
      const step = (now) => {
        const share = Math.min(1, Math.max(0, (now - from) / ms))
        scrollToPlace(share)
        if (share < 1) requestAnimationFrame(step)
        else resolve()
      }
      requestAnimationFrame(step)
    })
  }
  Object.assign(globalThis, { lookAtLines, startRecording, stopRecording, dragBar, scrollToPlace, isAtEnd })
`
