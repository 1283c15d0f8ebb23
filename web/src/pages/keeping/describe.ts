import type { Retention } from '../../api/types.ts'
import { formatCount } from '../../format/money.ts'

type KeptFor = Retention['kept_for']

/** "90 days", "1 month" */
export const formatKeptFor = ({ count, unit }: KeptFor): string =>
  `${formatCount(count)} ${count === 1 ? unit.slice(0, -1) : unit}`

export const isDefault = ({ kept_for, default: usual }: Retention): boolean => kept_for.count === usual.count
