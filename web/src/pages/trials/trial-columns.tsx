import { Button, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Trial } from '../../api/types.ts'
import { formatDay } from '../../format/date.ts'
import { columnsOf } from '../../grid/features.ts'
import { LinkText } from '../../ui/LinkText.tsx'
import { actionNames, describeDaysLeft, describeEnd, isEndingSoon, kindNames } from './describe.ts'

const column = columnsOf<Trial>()

export const hiddenAtFirst = { started_at: false }

type Context = { now: string; mayEnd: boolean; onEnd: (trial: Trial) => void }

export const trialColumns = ({ now, mayEnd, onEnd }: Context) =>
  column.columns([
    column.accessor('name', { header: 'In trial', size: 170, enableHiding: false }),
    column.accessor('tenant_name', {
      header: 'Tenant',
      size: 145,
      cell: ({ row, getValue }) => (
        <Link to="/t/$tenantId/details" params={{ tenantId: row.original.tenant_id }}>
          <LinkText>{getValue()}</LinkText>
        </Link>
      ),
    }),
    column.accessor('ends_at', {
      header: 'Ends',
      size: 205,
      enableHiding: false,
      cell: ({ getValue }) => (
        <>
          {formatDay(getValue())},{' '}
          <Text span size="sm" c={isEndingSoon(getValue(), now) ? 'var(--attention)' : 'dimmed'}>
            {describeDaysLeft(getValue(), now)}
          </Text>
        </>
      ),
    }),
    column.display({
      id: 'action',
      header: '',
      size: 165,
      cell: ({ row }) => {
        const name = actionNames[row.original.kind]
        return (
          mayEnd &&
          name && (
            <Button variant="default" size="compact-sm" onClick={() => onEnd(row.original)}>
              {name}
            </Button>
          )
        )
      },
    }),
    column.accessor('at_end', { header: 'Then', size: 165, cell: ({ row }) => describeEnd(row.original) }),
    column.accessor('kind', { header: 'Kind', size: 105, cell: ({ getValue }) => kindNames[getValue()] }),
    column.accessor('offer', {
      header: 'Offer',
      size: 155,
      cell: ({ getValue }) => {
        const offer = getValue()
        return offer ? `${offer.product} ${offer.edition}` : 'Everything of the customer'
      },
    }),
    column.accessor('started_at', { header: 'Started', size: 105, cell: ({ getValue }) => formatDay(getValue()) }),
  ])
