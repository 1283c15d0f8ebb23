import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** Fails the test where axe finds something serious or critical. `prepare` leaves out what is not ours, or sets how axe runs. */
export async function expectAccessible(page: Page, prepare = (axe: AxeBuilder): AxeBuilder => axe): Promise<void> {
  const { violations } = await prepare(new AxeBuilder({ page })).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(serious.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
}
