import { expect, type Page } from '@playwright/test'
import type { RunningServer } from '../running-server.ts'

// biome-ignore lint/suspicious/noExplicitAny: what the API answers
type Json = any
type Sent = { body?: unknown; version?: number }

/** A step that is not what a story is about, by the API and with the page's own session. */
export async function send(
  page: Page,
  { url }: RunningServer,
  method: 'post' | 'put' | 'patch',
  path: string,
  { body, version }: Sent = {},
): Promise<Json> {
  const answer = await page.request[method](`${url}${path}`, {
    headers: { origin: url, ...(version !== undefined && { 'if-match': `"${version}"` }) },
    ...(body !== undefined && { data: body }),
  })
  expect(answer.ok(), `${path} ${await answer.text()}`).toBe(true)
  return answer.json()
}

/** Chooses one of a list, as a user does. */
export async function pick(page: Page, label: string, option: string | RegExp): Promise<void> {
  await page
    .getByRole('combobox', { name: label })
    .or(page.getByRole('textbox', { name: label }))
    .first()
    .click()
  await page.getByRole('option', { name: option, exact: typeof option === 'string' }).click()
}
