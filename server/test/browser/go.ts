import type { Page } from '@playwright/test'

/** The pages that stand behind the tab of a group; the first of each group is what its name in the navigation opens. */
const groups: Record<string, string> = {
  'Subscribers, gateways, domains': 'Devices',
  Pool: 'Licenses',
  Orders: 'Licenses',
  Trials: 'Licenses',
  'Billing runs': 'Invoices',
  'Price lists': 'Offers & prices',
  Users: 'Administration',
  'API keys': 'Administration',
  Mails: 'Administration',
  Audit: 'Administration',
  Keeping: 'Administration',
  Settings: 'Administration',
}

/** Opens a page of the console by its name, as a user does: the navigation, then the tabs. */
export async function go(page: Page, name: string): Promise<void> {
  const group = groups[name]
  const pages = page.getByRole('navigation', { name: 'Pages' })
  if (group !== undefined) await pages.getByRole('link', { name: group, exact: true }).click()
  await page.getByRole('link', { name, exact: true }).last().click()
}
