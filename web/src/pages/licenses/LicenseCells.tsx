import { Checkbox, Skeleton, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import type { License, LicenseType } from '@tenantree/sdk'
import { formatCount, formatNumberOf } from '../../format/money.ts'
import classes from './Licenses.module.css'
import { isSelected, nothingSelected, toggle } from './license-rows.ts'
import { useTicks } from './selection.ts'

export function LicenseTick({ license }: { license: License }) {
  const { selection, select, canSelect } = useTicks()
  if (!canSelect) return null
  return (
    <Checkbox
      size="xs"
      className={classes.box}
      aria-label={`Select the license of ${license.holder?.name ?? 'nobody'}`}
      checked={isSelected(selection, license)}
      onChange={() => select(toggle(selection, license.id))}
    />
  )
}

/** Ticks every type at once: what is acted on is all that the filters let through, loaded or not. */
export function EveryTick({ total }: { total: number }) {
  const { selection, select, canSelect } = useTicks()
  if (!canSelect) return null
  const isAll = selection.all !== null && selection.all.offerId === null
  return (
    <Checkbox
      size="xs"
      className={classes.box}
      aria-label="Select all licenses"
      checked={isAll}
      disabled={total === 0}
      onChange={() => select(isAll ? nothingSelected : { ids: new Set(), all: { offerId: null, count: total } })}
    />
  )
}

type HeadProps = { type: LicenseType; isOpen: boolean; onToggle: () => void; product: string | null }

/** The head of a type: opens to its licenses, or says that there was never one. R-LIC-6. */
export function TypeHead({ type, isOpen, onToggle, product }: HeadProps) {
  const { selection, select, canSelect } = useTicks()
  const { offer, total } = type
  const isTicked = selection.all !== null && (selection.all.offerId ?? offer.id) === offer.id
  const name = `${offer.product} ${offer.edition}`
  return (
    <>
      <span className={classes.tick}>
        {canSelect && total > 0 && (
          <Checkbox
            size="xs"
            aria-label={`Select all licenses of ${name}`}
            checked={isTicked}
            onChange={() =>
              select(isTicked ? nothingSelected : { ids: new Set(), all: { offerId: offer.id, count: total } })
            }
          />
        )}
      </span>
      <UnstyledButton className={classes.head} onClick={onToggle} aria-expanded={isOpen} disabled={total === 0}>
        {isOpen ? <IconChevronDown aria-hidden size={15} /> : <IconChevronRight aria-hidden size={15} />}
        {product && <span className={classes.product}>{product}</span>}
        <strong>{offer.edition}</strong>
      </UnstyledButton>
      <span className={classes.counts}>{type.ever ? describeType(type) : neverBought}</span>
    </>
  )
}

/** The words of R-LIC-6, to the letter. */
export const neverBought = 'You have not purchased licenses of this type'

function describeType({ total, assigned, unassigned, trial, expired, pending_cancel, expiring }: LicenseType): string {
  if (total === 0) return 'None fits these filters'
  const parts = [
    formatNumberOf(total, 'license'),
    `${formatCount(assigned)} in use`,
    `${formatCount(unassigned)} free`,
    trial > 0 && `${formatCount(trial)} in trial`,
    expiring > 0 && `${formatCount(expiring)} expiring`,
    pending_cancel > 0 && `${formatCount(pending_cancel)} cancelled`,
    expired > 0 && `${formatCount(expired)} expired`,
  ]
  return parts.filter(Boolean).join(' · ')
}

/** Stands where a license is still to come. */
export const WaitingLine = () => (
  <span className={classes.waiting} data-waiting>
    <Skeleton height={9} width={190} />
    <Skeleton height={9} width={120} />
    <Skeleton height={9} width={80} />
  </span>
)

export const BrokenLine = ({ onRetry }: { onRetry: () => void }) => (
  <UnstyledButton className={classes.broken} onClick={onRetry}>
    These could not be loaded. Try again
  </UnstyledButton>
)
